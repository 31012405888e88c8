import { describe, expect, test } from "vitest";
import { codeOf } from "../../sdk/emulator/answers";
import { RateLimit } from "../../sdk/emulator/rate-limit";
import { RequestLog } from "../../sdk/emulator/request-log";

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
