// @ts-check
// A provider that only waits as long as the service takes to answer.
const { setTimeout: sleep } = require("node:timers/promises");
const nothing = require("./nothing.cjs");

module.exports = {
  ...nothing,
  /** @param {Record<string, unknown>} inputs */
  async create(inputs) {
    await sleep(50);
    return nothing.create(inputs);
  },
};
