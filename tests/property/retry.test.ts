import fc from "fast-check";
import { expect, test } from "vitest";
import { longestDelay, parseRetryAfter, retryDelay } from "../../sdk/calls/retry";

const attempt = fc.nat({ max: 100_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("an unasked delay is the same share of a bound that only grows", () => {
  fc.assert(
    fc.property(attempt, random, (count, share) => {
      expect(retryDelay(count + 1, share)).toBeGreaterThanOrEqual(retryDelay(count, share));
      expect(retryDelay(count, share)).toBeLessThanOrEqual(share * Math.min(500 * 2 ** count, longestDelay));
    }),
  );
});

test("what is asked for is obeyed, up to the bound", () => {
  fc.assert(
    fc.property(
      attempt,
      random,
      fc.double({ min: 0, max: 2 * longestDelay, noNaN: true }),
      (count, share, asked) => {
        expect(retryDelay(count, share, asked)).toBe(Math.min(asked, longestDelay));
      },
    ),
    { numRuns: 200 },
  );
});

test("whatever a header says, the delay stays within the bound", () => {
  const now = fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true });
  const header = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[0-9]{1,400}$/),
    fc.date({ noInvalidDate: true }).map((moment) => moment.toUTCString()),
  );
  fc.assert(
    fc.property(attempt, header, now, random, (count, text, moment, share) => {
      const asked = parseRetryAfter(text, moment.getTime());
      if (asked !== undefined) expect(asked).toBeGreaterThanOrEqual(0);
      const delay = retryDelay(count, share, asked);
      expect(delay >= 0 && delay <= longestDelay).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("seconds, and a moment so many seconds ahead, are the same", () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), fc.nat({ max: 2_000_000_000 }), (seconds, epoch) => {
      const now = epoch * 1000;
      const moment = new Date(now + seconds * 1000).toUTCString();
      expect(parseRetryAfter(String(seconds), now)).toBe(seconds * 1000);
      expect(parseRetryAfter(moment, now)).toBe(seconds * 1000);
    }),
  );
});
