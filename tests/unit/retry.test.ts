import { describe, expect, test } from "vitest";
import { parseRetryAfter, retryDelay } from "../../sdk/calls/retry";

test("the delay is a random share of a bound that begins at half a second and doubles", () => {
  expect([0, 1, 2, 3, 6].map((attempt) => retryDelay(attempt, 0.5))).toEqual([250, 500, 1000, 2000, 16_000]);
  expect(retryDelay(3, 0)).toBe(0);
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);

  test.each([
    ["0", 0],
    ["7", 7_000],
    [" 7 ", 7_000],
    ["1.5", 1_500],
    ["-5", undefined],
    ["+5", undefined],
    ["1e3", undefined],
    ["2026", 2_026_000],
    ["Friday, 02-Jan-26 03:04:15 GMT", 10_000],
    ["Fri, 02 Jan 2026 03:04:15 GMT", 10_000],
    ["Fri, 02 Jan 2026 03:04:05 GMT", 0],
    ["Thu, 01 Jan 2026 00:00:00 GMT", 0],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j is %j ms", (header, milliseconds) => {
    expect(parseRetryAfter(header, now)).toBe(milliseconds);
  });
});
