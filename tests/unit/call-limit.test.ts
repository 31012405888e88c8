import { expect, test } from "vitest";
import { CallLimit } from "../../sdk/calls/call-limit";

test("a call limit that was released does not abort any more", () => {
  const controller = new AbortController();
  const limit = new CallLimit(600_000, controller.signal);
  limit.release();
  controller.abort("enough");
  expect(limit.signal.aborted).toBe(false);
});

test("a call limit aborts with the given signal's own reason", () => {
  const controller = new AbortController();
  const limit = new CallLimit(1_000, controller.signal);
  controller.abort("enough");
  expect(limit.signal.reason).toBe("enough");
  limit.release();
});

test("a call limit keeps the process alive until it is released", () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const limit = new CallLimit(600_000, undefined);
  expect(timers()).toBe(before + 1);
  limit.release();
  expect(timers()).toBe(before);
});
