// @ts-check
// What any dynamic provider costs, before it does anything: its create gives back what it was given, and the same
// computed outputs as ours. Loaded by the text of the resources, as ours is.

/** @typedef {Record<string, unknown>} Properties */

/** @param {Properties} inputs */
function outputs(inputs) {
  return {
    ...inputs,
    notificationTopicName: "scaling",
    createTime: "2026-01-02T03:04:05Z",
    region: "cn-north-4",
    projectId: "0123456789abcdef0123456789abcdef",
  };
}

module.exports = {
  /** @param {Properties} inputs */
  async create(inputs) {
    return { id: `${inputs.scalingGroupId}/${inputs.lifecycleHookName}`, outs: outputs(inputs) };
  },
  /**
   * @param {string} _id
   * @param {Properties} _olds
   * @param {Properties} news
   */
  async update(_id, _olds, news) {
    return { outs: outputs(news) };
  },
};
