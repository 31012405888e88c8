import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { LifecycleHook } from "pulumi-huaweicloud-as";
import type { HookSettings, Settings } from "./settings/settings.mts";

/** The project's name. Together with the stack's it says where the state is: never change it. */
export const projectName = "lifecycle-hooks";

/** The Pulumi program of an environment: its hooks. Put what else belongs to the stack here. */
export function programOf(settings: Settings, environment: NodeJS.ProcessEnv): PulumiFn {
  const { groups, patience } = settings;
  const customTimeouts = { create: patience, update: patience, delete: patience };
  return async () => {
    const names: Record<string, pulumi.Output<string>> = {};
    for (const [groupName, { scalingGroupId, notificationTopicUrn, hooks }] of Object.entries(groups)) {
      for (const [hookName, hook] of Object.entries(hooks)) {
        const name = `${groupName}-${hookName}`;
        const resource = new LifecycleHook(
          name,
          {
            ...hook,
            scalingGroupId,
            notificationTopicUrn,
            notificationMetadata: metadataOf(hook, environment),
          },
          { customTimeouts },
        );
        names[name] = resource.lifecycleHookName;
      }
    }
    return { names };
  };
}

/** Only a preview that writes no plan runs without the variable. */
function metadataOf({ notificationMetadata: metadata }: HookSettings, environment: NodeJS.ProcessEnv) {
  if (typeof metadata !== "object") return metadata;
  return pulumi.secret(environment[metadata.secretFrom] || "not set in this run");
}
