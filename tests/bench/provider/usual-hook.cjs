// @ts-check
// The resource as it is usually written: a class of functions that call the API with fetch, whose code Pulumi
// serialises into the state of every resource.
const crypto = require("node:crypto");
const pulumi = require("@pulumi/pulumi");

/**
 * @typedef {object} HookInputs
 * @property {string} scalingGroupId
 * @property {string} lifecycleHookName
 * @property {"INSTANCE_LAUNCHING" | "INSTANCE_TERMINATING"} lifecycleHookType
 * @property {string} notificationTopicUrn
 * @property {"ABANDON" | "CONTINUE"} defaultResult
 * @property {number} defaultTimeout
 */

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [content]
 * @returns {Promise<Record<string, string>>}
 */
async function call(method, path, content) {
  const endpoint = new URL(JSON.parse(process.env.HW_ENDPOINTS ?? "{}").autoscaling);
  const projectId = "0123456789abcdef0123456789abcdef";
  const wholePath = `/autoscaling-api/v1/${projectId}/scaling_lifecycle_hook/${path}`;
  const body = content === undefined ? "" : JSON.stringify(content);
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  /** @type {Record<string, string>} */
  const headers = {
    "content-type": "application/json",
    host: endpoint.host,
    "x-project-id": projectId,
    "x-sdk-date": date,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    `${wholePath}/`,
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    crypto.createHash("sha256").update(body).digest("hex"),
  ].join("\n");
  const text = `SDK-HMAC-SHA256\n${date}\n${crypto.createHash("sha256").update(canonical).digest("hex")}`;
  const signature = crypto
    .createHmac("sha256", process.env.HW_SECRET_KEY ?? "")
    .update(text)
    .digest("hex");
  headers.authorization = `SDK-HMAC-SHA256 Access=${process.env.HW_ACCESS_KEY}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  const answer = await fetch(new URL(wholePath, endpoint), {
    method,
    headers,
    ...(content === undefined ? {} : { body }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? {} : /** @type {Record<string, string>} */ (await answer.json());
}

/**
 * @param {HookInputs} inputs
 * @param {Record<string, string>} hook
 */
function outputs(inputs, hook) {
  return {
    ...inputs,
    notificationTopicName: hook.notification_topic_name,
    createTime: hook.create_time,
    region: "cn-north-4",
    projectId: "0123456789abcdef0123456789abcdef",
  };
}

/** @param {HookInputs} inputs */
function settings(inputs) {
  return {
    lifecycle_hook_type: inputs.lifecycleHookType,
    default_result: inputs.defaultResult,
    default_timeout: inputs.defaultTimeout,
    notification_topic_urn: inputs.notificationTopicUrn,
  };
}

/** @type {pulumi.dynamic.ResourceProvider} */
const provider = {
  async create(inputs) {
    const hook = await call("POST", inputs.scalingGroupId, {
      lifecycle_hook_name: inputs.lifecycleHookName,
      ...settings(inputs),
    });
    return { id: `${inputs.scalingGroupId}/${inputs.lifecycleHookName}`, outs: outputs(inputs, hook) };
  },
  async read(id, properties) {
    const hook = await call("GET", id);
    return { id, props: outputs(/** @type {HookInputs} */ (properties), hook) };
  },
  async update(id, _olds, news) {
    return { outs: outputs(news, await call("PUT", id, settings(news))) };
  },
  async delete(id) {
    await call("DELETE", id);
  },
};

class UsualHook extends pulumi.dynamic.Resource {
  /**
   * @param {string} name
   * @param {HookInputs} inputs
   */
  constructor(name, inputs) {
    const computed = {
      notificationTopicName: undefined,
      createTime: undefined,
      region: undefined,
      projectId: undefined,
    };
    super(provider, name, { ...inputs, ...computed }, undefined, "huaweicloud/as", "UsualHook");
  }
}

module.exports = { UsualHook };
