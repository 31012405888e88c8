import { describe, expect, test } from "vitest";
import { RateLimiter } from "../../sdk/calls/rate-limiter";
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
  const limiter = new RateLimiter(26, time);
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
        await limiter.acquire(signal);
        await time.sleep(latency / 2);
        const taken = takes();
        await time.sleep(latency / 2);
        limiter.release(taken ? "accepted" : "refused");
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

test("a service that takes more than it documents is used up to what it takes", async () => {
  const { refusals, seconds } = await simulate({
    calls: 20_000,
    atOnce: 64,
    limit: 100,
    window: 1000,
    latency: 20,
  });
  expect(refusals).toBeLessThan(500);
  expect(seconds).toBeLessThan(20_000 / 26 / 1.5);
});

test("a service of which others use the most is shared without many refusals", async () => {
  const { refusals, seconds } = await simulate({
    calls: 300,
    atOnce: 64,
    limit: 5,
    window: 1000,
    latency: 20,
  });
  expect(refusals).toBeLessThan(150);
  expect(seconds).toBeLessThan((300 / 5) * 1.6);
});

test("one stray refusal at five calls a second does not slow 200 later calls down", async () => {
  const time = new VirtualTime();
  const limiter = new RateLimiter(26, time);
  const signal = new AbortController().signal;
  const call = async (outcome: "accepted" | "refused") => {
    await limiter.acquire(signal);
    await time.sleep(10);
    limiter.release(outcome);
  };
  const steady = async () => {
    for (let count = 0; count < 50; count++) {
      await Promise.all([call(count === 25 ? "refused" : "accepted"), time.sleep(200)]);
    }
  };
  await time.run(steady());
  const before = time.now();
  await time.run(Promise.all(Array.from({ length: 200 }, () => call("accepted"))));
  expect(time.now() - before).toBeLessThan(150);
});

test("a Retry-After on each refusal of a burst counts once", async () => {
  const time = new VirtualTime();
  const limiter = new RateLimiter(26, time);
  const signal = new AbortController().signal;
  for (let count = 0; count < 26; count++) expect(limiter.acquire(signal)).toBeUndefined();
  for (let count = 0; count < 26; count++) {
    await time.run(time.sleep(5));
    limiter.release("refused", 2000);
  }
  const call = async () => {
    await limiter.acquire(signal);
    limiter.release("accepted");
  };
  await time.run(Promise.all(Array.from({ length: 100 }, call)));
  expect(time.now()).toBeGreaterThanOrEqual(26 * 5 + 2000);
  expect(time.now()).toBeLessThan(26 * 5 + 2000 + 100 / 0.026 / 0.85);
});

test("a caller that gives up leaves no timer behind", async () => {
  const time = new VirtualTime();
  const limiter = new RateLimiter(26, time);
  expect(limiter.acquire(new AbortController().signal)).toBeUndefined();
  limiter.release("refused", 60_000);
  const controller = new AbortController();
  const waiting = limiter.acquire(controller.signal);
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await expect(time.run(new Promise(() => {}))).rejects.toThrow("nothing is left to wait for");
  expect(time.now()).toBe(0);
});

test("a Retry-After is obeyed by all", async () => {
  const time = new VirtualTime();
  const limiter = new RateLimiter(26, time);
  const signal = new AbortController().signal;
  expect(limiter.acquire(signal)).toBeUndefined();
  limiter.release("refused", 7000);
  await time.run(Promise.all([limiter.acquire(signal), limiter.acquire(signal)]));
  expect(time.now()).toBeGreaterThanOrEqual(7000);
});

test("a caller that gives up while it waits delays no other", async () => {
  const time = new VirtualTime();
  const limiter = new RateLimiter(26, time);
  expect(limiter.acquire(new AbortController().signal)).toBeUndefined();
  limiter.release("refused", 1000);
  const impatient = new AbortController();
  const given = limiter.acquire(impatient.signal);
  const patient = limiter.acquire(new AbortController().signal);
  impatient.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  await time.run(Promise.resolve(patient));
  expect(time.now()).toBeLessThan(1100);
});

test("a service that refuses the very first call is found to take as many as it takes", async () => {
  const time = new VirtualTime();
  const limiter = new RateLimiter(26, time);
  const signal = new AbortController().signal;
  expect(limiter.acquire(signal)).toBeUndefined();
  limiter.release("refused");
  const call = async () => {
    await limiter.acquire(signal);
    await time.sleep(10);
    limiter.release("accepted");
  };
  await time.run(Promise.all(Array.from({ length: 300 }, call)));
  expect(time.now() / 1000).toBeLessThan(10);
});

test("a token that comes while the wait for it is computed is not forgotten", async () => {
  const time = new VirtualTime();
  let late = 0;
  // Time passes between two looks at the clock.
  const limiter = new RateLimiter(26, {
    now: () => time.now() + late++ * 100,
    after: (milliseconds, callback) => time.after(milliseconds, callback),
  });
  const signal = new AbortController().signal;
  expect(limiter.acquire(signal)).toBeUndefined();
  limiter.release("refused", 50);
  await time.run(Promise.all(Array.from({ length: 5 }, () => limiter.acquire(signal))));
});
