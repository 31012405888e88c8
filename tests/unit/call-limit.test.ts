import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CallLimit, Deadlines } from "../../sdk/call-limit";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the deadlines of calls", () => {
  test("end each call when its own time is over, with one timer for all", () => {
    const deadlines = new Deadlines(1_000);
    const first = new CallLimit(undefined, deadlines);
    vi.advanceTimersByTime(400);
    const second = new CallLimit(undefined, deadlines);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(602);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);
    vi.advanceTimersByTime(400);
    expect(second.signal.reason).toEqual(new Error("the call took longer than its 1 s"));
    expect(vi.getTimerCount()).toBe(0);
  });

  test("leave a call alone that has ended, and one that began after it", () => {
    const deadlines = new Deadlines(1_000);
    const ended = new CallLimit(undefined, deadlines);
    ended.release();
    vi.advanceTimersByTime(400);
    const later = new CallLimit(undefined, deadlines);
    vi.advanceTimersByTime(602);
    expect([ended.signal.aborted, later.signal.aborted]).toEqual([false, false]);
    vi.advanceTimersByTime(400);
    expect(later.signal.aborted).toBe(true);
  });
});

test("whoever gives up ends the call with his own reason", () => {
  const controller = new AbortController();
  const limit = new CallLimit(controller.signal, new Deadlines(1_000));
  controller.abort("enough");
  expect(limit.signal.reason).toBe("enough");
});

test("deadlines keep a process alive only while there are calls", async () => {
  vi.useRealTimers();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const deadlines = new Deadlines(600_000);
  const limit = new CallLimit(undefined, deadlines);
  expect(timers()).toBe(before + 1);
  limit.release();
  await sleep(0);
  expect(timers()).toBe(before);
  const another = new CallLimit(undefined, deadlines);
  expect(timers()).toBe(before + 1);
  another.release();
});
