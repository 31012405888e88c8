import { expect, test } from "vitest";
import type { Fault } from "../../sdk/emulator";
import { parseFault } from "../../sdk/emulator/http/faults";
import { emulatorOfEachTest } from "../support/emulator";
import { call, pathsOf, sampleHook, send } from "../support/emulator-calls";
import { groupId as group } from "../support/hooks";

const emulator = emulatorOfEachTest();

const list = () => call(emulator, "GET", pathsOf(emulator).hookList);
const create = () => call(emulator, "POST", pathsOf(emulator).hooks, { body: sampleHook });

/** The statuses of so many lists, one after the other. */
async function statuses(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index++) found.push((await list()).status);
  return found;
}

test("a fault answers in the API's place, with the code that is usual for its status", async () => {
  emulator.addFault({ status: 503 });
  expect((await create()).json).toEqual({ error: { code: "AS.0001", message: "A fault on demand." } });
  expect(emulator.hooks(group)).toEqual([]);
});

test("a fault throttles, with and without Retry-After", async () => {
  const end = emulator.addFault({ status: 429, retryAfter: 7 });
  const answer = await list();
  expect(answer).toMatchObject({ status: 429, code: "APIGW.0308" });
  expect(answer.headers["retry-after"]).toBe("7");
  end();
  emulator.addFault({ status: 429, code: "APIGW.9999" });
  expect((await list()).headers).not.toHaveProperty("retry-after");
  expect(await list()).toMatchObject({ code: "APIGW.9999" });
});

test.each([
  [{ drop: "before" }, 0, undefined, "socket hang up"],
  [{ drop: "after" }, 1, undefined, "socket hang up"],
  [{ truncate: true }, 1, 200, "aborted"],
] as const)(
  "a fault with %j leaves %i hooks, and the client without its answer",
  async (fault, hooks, status, error) => {
    emulator.addFault(fault);
    await expect(create()).rejects.toThrow(error);
    expect(emulator.hooks(group)).toHaveLength(hooks);
    expect(emulator.requests).toMatchObject([{ method: "POST", status }]);
  },
);

test("a fault happens to requests of its method and path, after some, and to so many", async () => {
  emulator.addFault({ method: "get", path: "lifecycle_hook", status: 500, after: 1, count: 2 });
  expect(await create()).toMatchObject({ status: 200 });
  expect(await call(emulator, "GET", "/v3/projects")).toMatchObject({ status: 200 });
  expect(await statuses(4)).toEqual([200, 500, 500, 200]);
});

test("a fault happens with its probability, and the same seed gives the same draws", async () => {
  const drawn = async (fault: Fault) => {
    const end = emulator.addFault(fault);
    const found = await statuses(60);
    end();
    return found;
  };
  const once = await drawn({ status: 500, probability: 0.3, seed: 7 });
  expect(await drawn({ status: 500, probability: 0.3, seed: 7 })).toEqual(once);
  expect(await drawn({ status: 500, probability: 0.3, seed: 8 })).not.toEqual(once);
  const share = once.filter((status) => status === 500).length / once.length;
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.5);
});

test("another process adds faults and ends them", async () => {
  const control = (method: string, body?: unknown) =>
    send(emulator, { method, target: "/emulator/faults", body: JSON.stringify(body) ?? "" });
  expect(await control("POST", { status: 502 })).toMatchObject({ status: 204 });
  expect(await list()).toMatchObject({ status: 502 });
  expect(await control("DELETE")).toMatchObject({ status: 204 });
  expect(await list()).toMatchObject({ status: 200 });
  expect(await control("POST", { status: 99 })).toMatchObject({
    status: 400,
    json: { error: "status=99 is no value of a fault" },
  });
});

test("a fault is read from text", () => {
  expect(parseFault("method=POST,path=hook,status=503,count=2,probability=0.5")).toEqual({
    method: "POST",
    path: "hook",
    status: 503,
    count: 2,
    probability: 0.5,
  });
  expect(parseFault("truncate")).toEqual({ truncate: true });
});

test.each([
  ["count=2", "a fault needs status, drop, truncate or delay"],
  ["statsu=503", "a fault has no statsu; it has method, path"],
  ["status=abc", "status=abc is no value"],
  ["status=503,probability=2", "probability=2 is no value"],
  ["drop=now", "drop=now is no value"],
])("%s is no fault", (text, message) => {
  expect(() => parseFault(text)).toThrow(message);
});
