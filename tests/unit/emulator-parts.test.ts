import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { RateLimit } from "../../sdk/emulator/http/gateway";
import { codeOf } from "../../sdk/emulator/http/refusals";
import { RequestLog } from "../../sdk/emulator/http/request-log";

describe("the rate limit", () => {
  const passed = (perSecond: number | undefined, ...times: readonly number[]) => {
    const limit = new RateLimit(perSecond);
    return times.filter((time) => {
      try {
        limit.pass(time);
        return true;
      } catch {
        return false;
      }
    });
  };

  test("lets so many pass in the second that begins with the first", () => {
    const times = [500, 600, 1499, 1500, 1501, 1502, 9000];
    expect(passed(2, ...times)).toEqual([500, 600, 1500, 1501, 9000]);
  });

  test("lets nothing pass at a limit of zero, and everything without one", () => {
    expect(passed(0, 1, 2)).toEqual([]);
    expect(passed(undefined, 1, 1, 1)).toEqual([1, 1, 1]);
  });
});

describe("the log", () => {
  /** A log to which so many requests came. */
  function logOf(count: number, bodyOf: (index: number) => Buffer = () => Buffer.alloc(0)) {
    const log = new RequestLog();
    for (let index = 1; index <= count; index++) {
      const request = { method: "GET", path: "/", query: "", headers: {}, body: bodyOf(index) };
      log.open(request, String(index), 0);
    }
    return log;
  }

  test("forgets the oldest when there are more than ten thousand", () => {
    const { entries } = logOf(10_001);
    expect(entries).toHaveLength(5001);
    expect([entries.at(0)?.requestId, entries.at(-1)?.requestId]).toEqual(["5001", "10001"]);
  });

  test("forgets the oldest when their texts are more than eight million characters", () => {
    const body = Buffer.alloc(10_000, "x");
    const { entries } = logOf(801, () => body);
    expect(entries.length).toBeLessThan(500);
    expect(entries.at(-1)?.requestId).toBe("801");
    const characters = entries.reduce((sum, entry) => sum + entry.path.length + entry.body.length, 0);
    expect(characters).toBeLessThanOrEqual(8_000_000);
  });

  test("holds no more memory than its text takes", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    const { entries } = logOf(500, (index) => Buffer.alloc(40_000, String(index)));
    collect();
    expect(entries).toHaveLength(500);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 * 500 * 10_000);
  });

  test("keeps the beginning of a large body", () => {
    const { entries } = logOf(1, () => Buffer.from("ä".repeat(20_000)));
    expect(entries).toMatchObject([{ body: "ä".repeat(10_000) }]);
  });
});

test.each([
  [{ error: { code: "AS.0001" } }, "AS.0001"],
  [{ error_code: "APIGW.0301" }, "APIGW.0301"],
  [{ code: "SMN.0001" }, "SMN.0001"],
  [{ error: { code: 401 } }, undefined],
  ["<html>", undefined],
  [null, undefined],
  [undefined, undefined],
])("the code of %j is %j", (body, code) => {
  expect(codeOf(body)).toBe(code);
});
