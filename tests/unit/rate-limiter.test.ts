import { beforeEach, describe, expect, test } from "vitest";
import { RateLimiter } from "../../sdk/calls/rate-limiter";
import { VirtualTime } from "../support/virtual-time";

interface Service {
  readonly limit: number;
  readonly window?: number;
  readonly latency?: number;
  readonly sliding?: boolean;
}

/** How long it takes a service with such limits to accept so many calls, 64 at a time, and how many it refuses. */
async function simulate(calls: number, service: Service) {
  const { limit, window = 1000, latency = 20, sliding = false } = service;
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
  await time.run(Promise.all(Array.from({ length: 64 }, worker)));
  return { refusals, seconds: time.now() / 1000 };
}

test.each([
  [1, false],
  [20, false],
  [100, false],
  [1, true],
  [20, true],
  [100, true],
])(
  "300 calls against a service that takes 26 a second with %d ms of latency (sliding window: %s) meet few refusals and take little longer than the limit alone",
  async (latency, sliding) => {
    const { refusals, seconds } = await simulate(300, { limit: 26, latency, sliding });
    expect(refusals).toBeLessThan(40);
    expect(seconds).toBeLessThan((300 / 26) * 1.15);
  },
);

test.each([
  ["that takes all calls slows none down", 1000, { limit: 1e9, latency: 10 }, 1, 0.4],
  ["with a long window is found out with few refusals", 250, { limit: 200, window: 300_000 }, 100, 400],
  [
    "that takes more than it documents is used up to what it takes",
    20_000,
    { limit: 100 },
    500,
    20_000 / 26 / 1.5,
  ],
  ["of which others use the most is shared without many refusals", 300, { limit: 5 }, 150, (300 / 5) * 1.6],
])("a service %s", async (_, calls, service, fewRefusals, longest) => {
  const { refusals, seconds } = await simulate(calls, service);
  expect(refusals).toBeLessThan(fewRefusals);
  expect(seconds).toBeLessThan(longest);
});

describe("a rate limiter", () => {
  let time: VirtualTime;
  let limiter: RateLimiter;
  const { signal } = new AbortController();
  beforeEach(() => {
    time = new VirtualTime();
    limiter = new RateLimiter(26, time);
  });

  async function call(outcome: "accepted" | "refused" = "accepted") {
    await limiter.acquire(signal);
    await time.sleep(10);
    limiter.release(outcome);
  }

  /** The first call, which the service refuses. */
  function beRefused(retryAfter?: number) {
    expect(limiter.acquire(signal)).toBeUndefined();
    limiter.release("refused", retryAfter);
  }

  test("is not slowed down for 200 later calls by one stray refusal at five calls a second", async () => {
    for (let count = 0; count < 50; count++) {
      await time.run(Promise.all([call(count === 25 ? "refused" : "accepted"), time.sleep(200)]));
    }
    const before = time.now();
    await time.run(Promise.all(Array.from({ length: 200 }, () => call())));
    expect(time.now() - before).toBeLessThan(150);
  });

  test("counts a Retry-After on each refusal of a burst once", async () => {
    for (let count = 0; count < 26; count++) expect(limiter.acquire(signal)).toBeUndefined();
    for (let count = 0; count < 26; count++) {
      await time.run(time.sleep(5));
      limiter.release("refused", 2000);
    }
    await time.run(Promise.all(Array.from({ length: 100 }, () => call())));
    expect(time.now()).toBeGreaterThanOrEqual(26 * 5 + 2000);
    expect(time.now()).toBeLessThan(26 * 5 + 2000 + 100 / 0.026 / 0.85);
  });

  test("has all calls obey a Retry-After", async () => {
    beRefused(7000);
    await time.run(Promise.all([limiter.acquire(signal), limiter.acquire(signal)]));
    expect(time.now()).toBeGreaterThanOrEqual(7000);
  });

  test("keeps no timer for a caller that gives up", async () => {
    beRefused(60_000);
    const controller = new AbortController();
    const waiting = limiter.acquire(controller.signal);
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(time.run(new Promise(() => {}))).rejects.toThrow("nothing is left to wait for");
    expect(time.now()).toBe(0);
  });

  test("lets a caller that gives up while it waits delay no other", async () => {
    beRefused(1000);
    const impatient = new AbortController();
    const given = limiter.acquire(impatient.signal);
    const patient = limiter.acquire(signal);
    impatient.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await time.run(Promise.resolve(patient));
    expect(time.now()).toBeLessThan(1100);
  });

  test("finds out how many calls a service takes that refuses the very first one", async () => {
    beRefused();
    await time.run(Promise.all(Array.from({ length: 300 }, () => call())));
    expect(time.now() / 1000).toBeLessThan(10);
  });

  test("does not forget a token that comes while the wait for it is computed", async () => {
    let late = 0;
    // Time passes between two looks at the clock.
    const now = () => time.now() + late++ * 100;
    limiter = new RateLimiter(26, { now, after: (...appointment) => time.after(...appointment) });
    beRefused(50);
    await time.run(Promise.all(Array.from({ length: 5 }, () => limiter.acquire(signal))));
  });
});
