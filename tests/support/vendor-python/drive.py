"""Drives the local AS API by the vendor's own SDKs, unchanged: URL ACCESS_KEY SECRET_KEY PROJECT ENDPOINT.

It prints a line of JSON for each step, of what the SDKs' models have made of the answers.
"""
import json
import sys
import time

from huaweicloudsdkas.v1 import *
from huaweicloudsdkas.v1 import AsClient
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdksmn.v2 import *
from huaweicloudsdksmn.v2 import SmnClient

url, access_key, secret_key, project, endpoint = sys.argv[1:]


def client(kind):
    credentials = BasicCredentials(access_key, secret_key, project)
    return kind.new_builder().with_credentials(credentials).with_endpoint(url).build()


def tell(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


def until(look, wanted):
    for _ in range(200):
        found = look()
        if wanted(found):
            return found
        time.sleep(0.05)
    raise TimeoutError(f"{found}")


scaling = client(AsClient)
smn = client(SmnClient)

topic = smn.create_topic(CreateTopicRequest(body=CreateTopicRequestBody(name="hooks", display_name="Hooks"))).topic_urn
body = AddSubscriptionRequestBody(protocol="http", endpoint=endpoint)
subscription = smn.add_subscription(AddSubscriptionRequest(topic_urn=topic, body=body)).subscription_urn
subscribed = lambda: smn.list_subscriptions_by_topic(ListSubscriptionsByTopicRequest(topic_urn=topic)).subscriptions
until(subscribed, lambda found: found[0].status == 1)
tell("subscribe", topics=[one.name for one in smn.list_topics(ListTopicsRequest()).topics], urn=subscription)

option = CreateScalingGroupOption(
    scaling_group_name="web",
    scaling_configuration_id="5e6f7a8b-0000-4000-8000-00000000000c",
    vpc_id="3c4d5e6f-0000-4000-8000-00000000000d",
    networks=[Networks(id="7a8b9c0d-0000-4000-8000-00000000000e")],
    max_instance_number=4,
)
group = scaling.create_scaling_group(CreateScalingGroupRequest(body=option)).scaling_group_id
show = lambda: scaling.show_scaling_group(ShowScalingGroupRequest(scaling_group_id=group)).scaling_group
tell("create group", status=str(show().scaling_group_status), listed=scaling.list_scaling_groups(ListScalingGroupsRequest(scaling_group_name="web")).total_number)

for name, kind in (("boot", "INSTANCE_LAUNCHING"), ("drain", "INSTANCE_TERMINATING")):
    hook = CreateLifeCycleHookOption(lifecycle_hook_name=name, lifecycle_hook_type=kind, notification_topic_urn=topic, notification_metadata="team-a")
    scaling.create_lify_cycle_hook(CreateLifyCycleHookRequest(scaling_group_id=group, body=hook))
hooks = scaling.list_life_cycle_hooks(ListLifeCycleHooksRequest(scaling_group_id=group)).lifecycle_hooks
tell("create hooks", hooks=[one.lifecycle_hook_name for one in hooks])


def act(action):
    scaling.resume_scaling_group(ResumeScalingGroupRequest(scaling_group_id=group, body=ResumeScalingGroupOption(action=action)))


def desire(number):
    body = UpdateScalingGroupOption(desire_instance_number=number)
    scaling.update_scaling_group(UpdateScalingGroupRequest(scaling_group_id=group, body=body))


def hanging():
    return scaling.list_hook_instances(ListHookInstancesRequest(scaling_group_id=group)).instance_hanging_info


def instances():
    return scaling.list_scaling_instances(ListScalingInstancesRequest(scaling_group_id=group)).scaling_group_instances


def complete(result):
    for one in hanging():
        body = CallbackLifeCycleHookOption(lifecycle_action_key=one.lifecycle_action_key, lifecycle_action_result=result)
        request = AttachCallbackInstanceLifeCycleHookRequest(scaling_group_id=group, body=body)
        scaling.attach_callback_instance_life_cycle_hook(request)


act("resume")
desire(2)
until(hanging, lambda found: len(found) == 2)
tell("scale out", states=[str(one.life_cycle_state) for one in instances()], hooks=[one.lifecycle_hook_name for one in hanging()])
complete("EXTEND")
complete("CONTINUE")
until(show, lambda found: not found.is_scaling and found.current_instance_number == 2)
tell("complete", states=[str(one.life_cycle_state) for one in instances()])

desire(0)
until(hanging, lambda found: len(found) == 2)
tell("scale in", states=[str(one.life_cycle_state) for one in instances()])
complete("ABANDON")
until(show, lambda found: not found.is_scaling and found.current_instance_number == 0)
v1 = scaling.list_scaling_activity_logs(ListScalingActivityLogsRequest(scaling_group_id=group)).scaling_activity_log
v2 = scaling.list_scaling_activity_v2_logs(ListScalingActivityV2LogsRequest(scaling_group_id=group)).scaling_activity_log
tell("log", v1=[str(one.status) for one in v1], v2=[str(one.type) for one in v2], removed=len(v2[0].instance_removed_list))

for name in ("boot", "drain"):
    scaling.delete_lifecycle_hook(DeleteLifecycleHookRequest(scaling_group_id=group, lifecycle_hook_name=name))
scaling.delete_scaling_group(DeleteScalingGroupRequest(scaling_group_id=group))
smn.cancel_subscription(CancelSubscriptionRequest(subscription_urn=subscription))
smn.delete_topic(DeleteTopicRequest(topic_urn=topic))
tell("delete", groups=scaling.list_scaling_groups(ListScalingGroupsRequest(scaling_group_name="web")).total_number)
