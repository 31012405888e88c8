import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { RateLimit } from "../../sdk/emulator/http/gateway";
import { codeOf } from "../../sdk/emulator/http/refusals";
import { RequestLog } from "../../sdk/emulator/http/request-log";

describe("the rate limit", () => {
  const passed = (limit: RateLimit, times: readonly number[]) =>
    times.filter((time) => {
      try {
        limit.pass(time);
        return true;
      } catch {
        return false;
      }
    });

  test("lets so many pass in the second that begins with the first", () => {
    expect(passed(new RateLimit(2), [500, 600, 1499, 1500, 1501, 1502, 9000])).toEqual([
      500, 600, 1500, 1501, 9000,
    ]);
  });

  test("lets nothing pass at a limit of zero, and everything without one", () => {
    expect(passed(new RateLimit(0), [1, 2])).toEqual([]);
    expect(passed(new RateLimit(undefined), [1, 1, 1])).toEqual([1, 1, 1]);
  });
});

describe("the log", () => {
  const request = { method: "GET", path: "/", query: "", headers: {}, body: Buffer.alloc(0) };

  test("forgets the oldest when there are more than ten thousand", () => {
    const log = new RequestLog();
    for (let count = 1; count <= 10_001; count++) log.open(request, String(count), 0);
    expect(log.entries).toHaveLength(5001);
    expect(log.entries.at(0)?.requestId).toBe("5001");
    expect(log.entries.at(-1)?.requestId).toBe("10001");
  });

  test("forgets the oldest when their texts are more than eight million characters", () => {
    const log = new RequestLog();
    const body = Buffer.alloc(10_000, "x");
    for (let count = 1; count <= 801; count++) log.open({ ...request, body }, String(count), 0);
    expect(log.entries.length).toBeLessThan(500);
    expect(log.entries.at(-1)?.requestId).toBe("801");
    const characters = log.entries.reduce((sum, entry) => sum + entry.path.length + entry.body.length, 0);
    expect(characters).toBeLessThanOrEqual(8_000_000);
  });

  test("holds no more memory than its text takes", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const log = new RequestLog();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let count = 1; count <= 500; count++) {
      log.open({ ...request, body: Buffer.alloc(40_000, String(count)) }, "1", 0);
    }
    collect();
    expect(log.entries).toHaveLength(500);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 * 500 * 10_000);
  });

  test("keeps the beginning of a large body", () => {
    const { body } = new RequestLog().open({ ...request, body: Buffer.from("ä".repeat(20_000)) }, "1", 0);
    expect(body).toBe("ä".repeat(10_000));
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
