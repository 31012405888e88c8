import { describe, expect, test } from "vitest";
import { Pace } from "../../sdk/pace";
import { VirtualTime } from "../support/virtual-time";

/** A service that takes so many calls in a window of time, and how long it takes to have many calls accepted. */
async function simulate(options: {
  calls: number;
  atOnce: number;
  limit: number;
  window: number;
  latency: number;
  sliding?: boolean;
}) {
  const { calls, atOnce, limit, window, latency, sliding = false } = options;
  const time = new VirtualTime();
  const pace = new Pace(time);
  const signal = new AbortController().signal;
  let accepted: number[] = [];
  let refusals = 0;
  const takes = () => {
    const since = sliding ? time.now() - window : Math.floor(time.now() / window) * window;
    accepted = accepted.filter((at) => at >= since);
    if (accepted.length >= limit) return false;
    accepted.push(time.now());
    return true;
  };
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left--;
      for (;;) {
        await pace.turn(signal);
        await time.sleep(latency / 2);
        const taken = takes();
        await time.sleep(latency / 2);
        pace.done(taken ? "accepted" : "refused");
        if (taken) break;
        refusals++;
      }
    }
  };
  await time.run(Promise.all(Array.from({ length: atOnce }, worker)));
  return { refusals, seconds: time.now() / 1000 };
}

describe("300 calls, 64 at a time, against a service that takes 26 a second", () => {
  test.each([
    [1, false],
    [20, false],
    [100, false],
    [1, true],
    [20, true],
    [100, true],
  ])(
    "with %d ms of latency (sliding window: %s) meet few refusals and take little longer than the limit alone",
    async (latency, sliding) => {
      const { refusals, seconds } = await simulate({
        calls: 300,
        atOnce: 64,
        limit: 26,
        window: 1000,
        latency,
        sliding,
      });
      expect(refusals).toBeLessThan(40);
      expect(seconds).toBeLessThan((300 / 26) * 1.15);
    },
  );
});

test("calls that the service takes are not slowed down", async () => {
  const { refusals, seconds } = await simulate({
    calls: 1000,
    atOnce: 64,
    limit: 1e9,
    window: 1000,
    latency: 10,
  });
  expect(refusals).toBe(0);
  expect(seconds).toBeLessThan(0.4);
});

test("a long window is found out with few refusals", async () => {
  const { refusals, seconds } = await simulate({
    calls: 250,
    atOnce: 64,
    limit: 200,
    window: 300_000,
    latency: 20,
  });
  expect(refusals).toBeLessThan(100);
  expect(seconds).toBeLessThan(400);
});

test("a Retry-After is obeyed by all", async () => {
  const time = new VirtualTime();
  const pace = new Pace(time);
  const signal = new AbortController().signal;
  expect(pace.turn(signal)).toBeUndefined();
  pace.done("refused", 7000);
  await time.run(Promise.all([pace.turn(signal), pace.turn(signal)]));
  expect(time.now()).toBeGreaterThanOrEqual(7000);
});

test("whoever gives up while waiting leaves the others their turn", async () => {
  const time = new VirtualTime();
  const pace = new Pace(time);
  expect(pace.turn(new AbortController().signal)).toBeUndefined();
  pace.done("refused", 1000);
  const impatient = new AbortController();
  const given = pace.turn(impatient.signal);
  const patient = pace.turn(new AbortController().signal);
  impatient.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  await time.run(Promise.resolve(patient));
  expect(time.now()).toBeLessThan(1100);
});

test("a service that refuses the very first call is found to take as many as it takes", async () => {
  const time = new VirtualTime();
  const pace = new Pace(time);
  const signal = new AbortController().signal;
  expect(pace.turn(signal)).toBeUndefined();
  pace.done("refused");
  const call = async () => {
    await pace.turn(signal);
    await time.sleep(10);
    pace.done("accepted");
  };
  await time.run(Promise.all(Array.from({ length: 300 }, call)));
  expect(time.now() / 1000).toBeLessThan(10);
});

test("a turn that comes while the next one's time is looked up is not forgotten", async () => {
  const time = new VirtualTime();
  let late = 0;
  // As where something else runs for a moment between two looks at the clock.
  const pace = new Pace({
    now: () => time.now() + late++ * 100,
    after: (milliseconds, callback) => time.after(milliseconds, callback),
  });
  const signal = new AbortController().signal;
  expect(pace.turn(signal)).toBeUndefined();
  pace.done("refused", 50);
  await time.run(Promise.all(Array.from({ length: 5 }, () => pace.turn(signal))));
});
