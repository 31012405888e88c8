import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Credentials } from "../../sdk/credentials/credentials";
import { CredentialsSession, refusalRest, renewalMargin, verdictOn } from "../../sdk/credentials/session";
import { keys, rejection } from "../support/sdk";

const second = 1_000;
const minute = 60_000;
const start = 1_000_000;

/** A session on a clock, whose provider gives what the function makes of the number of the ask, which may throw. */
function scripted(give: (count: number) => Credentials) {
  const clock = { now: start, asked: 0 };
  const session = new CredentialsSession(
    () => give(clock.asked++),
    () => clock.now,
  );
  return { clock, session };
}

/** A provider whose credentials end `lifetime` after they were given; each has a key of its own. */
function world(lifetime?: number) {
  const made = scripted((count) => ({
    ...keys,
    accessKey: `AK${count + 1}`,
    expiresAt: lifetime === undefined ? undefined : new Date(made.clock.now + lifetime),
  }));
  return made;
}

async function accessKey(session: CredentialsSession) {
  const usable = (await session.get()).reveal();
  return "key" in usable ? usable.key.accessKey : undefined;
}

const refusal = new Error("the credentials were refused (APIGW.0301)");

describe("fetching credentials", () => {
  test("is shared by all calls that wait", async () => {
    const { clock, session } = world();
    const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => session.get()));
    expect(clock.asked).toBe(1);
    expect(others.every((one) => one === first)).toBe(true);
  });

  test("happens once for credentials without an end", async () => {
    const { clock, session } = world();
    await accessKey(session);
    clock.now += 365 * 24 * 60 * minute;
    expect(await accessKey(session)).toBe("AK1");
  });

  test("happens in the last minutes of temporary credentials, and no call waits for it before they end", async () => {
    const { clock, session } = world(60 * minute);
    session.settle(await session.get(), "accepted");
    clock.now += 60 * minute - renewalMargin - 1;
    expect(await accessKey(session)).toBe("AK1");
    expect(clock.asked).toBe(1);

    clock.now += 1;
    expect(await Promise.all([accessKey(session), accessKey(session)])).toEqual(["AK1", "AK1"]);
    expect(clock.asked).toBe(2);
    await nextTurn();
    expect(await accessKey(session)).toBe("AK2");
    expect(clock.asked).toBe(2);

    clock.now += 60 * minute;
    expect(await Promise.all([accessKey(session), accessKey(session)])).toEqual(["AK3", "AK3"]);
    expect(clock.asked).toBe(3);
  });

  const endingAfter = (minutes: number) => ({ ...keys, expiresAt: new Date(start + minutes * minute) });
  const failing = (count: number) => {
    if (count > 0) throw new Error("the vault is sealed");
    return endingAfter(60);
  };

  test.each([
    ["has only those of the last minutes: 500 calls ask it twice", () => endingAfter(4), 0, 2],
    ["has nothing newer in the last minutes: 500 calls ask it three times", () => endingAfter(60), 58, 3],
    ["fails in the last minutes: 500 calls ask it three times", failing, 58, 3],
  ])("pauses when a provider %s, without harm while the old are valid", async (_, give, minutes, asks) => {
    const { clock, session } = scripted(give);
    await session.get();
    clock.now += minutes * minute;
    for (let call = 0; call < 500; call++) {
      expect(await accessKey(session)).toBe(keys.accessKey);
      await nextTurn();
    }
    expect(clock.asked).toBe(asks);
    clock.now += second;
    await session.get();
    await session.get();
    expect(clock.asked).toBe(asks + 1);
  });

  test("pauses longer with each failure, a minute at the most, and calls share the last failure", async () => {
    const { clock, session } = scripted((count) => {
      throw new Error(`sealed, ${count}`);
    });
    const asks: number[] = [];
    for (let elapsed = 0; elapsed < 300; elapsed++) {
      const before = clock.asked;
      expect((await rejection(session.get())).message).toBe(`sealed, ${clock.asked - 1}`);
      if (clock.asked > before) asks.push(elapsed);
      clock.now += second;
    }
    expect(asks).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 124, 184, 244]);
  });

  test("does not pause beyond the end of the credentials at hand", async () => {
    const { clock, session } = scripted((count) => {
      if (count === 0) return { ...keys, expiresAt: new Date(start + 6 * minute) };
      if (clock.now < start + 6 * minute) throw new Error("the vault is sealed");
      return { ...keys, accessKey: "NEW" };
    });
    await session.get();
    for (; clock.now < start + 6 * minute; clock.now += second) {
      expect(await accessKey(session)).toBe(keys.accessKey);
      await nextTurn();
    }
    expect(await accessKey(session)).toBe("NEW");
  });

  test("that failed once is repeated by the next call at once", async () => {
    const { clock, session } = scripted((count) => {
      if (count === 0) throw new Error("the vault is sealed");
      return keys;
    });
    const failures = await Promise.all([rejection(session.get()), rejection(session.get())]);
    expect(failures.map(({ message }) => message)).toEqual(["the vault is sealed", "the vault is sealed"]);
    expect(clock.asked).toBe(1);
    await session.get();
    expect(clock.asked).toBe(2);
  });

  test("goes on for others when one caller's signal aborts, and does not start for one that was aborted before", async () => {
    const fetched = Promise.withResolvers<typeof keys>();
    let asked = 0;
    const session = new CredentialsSession(() => {
      asked++;
      return fetched.promise;
    });
    const reason = new Error("given up");
    expect(await rejection(session.get(AbortSignal.abort(reason)))).toBe(reason);
    expect(asked).toBe(0);
    const controller = new AbortController();
    const impatient = session.get(controller.signal);
    const patient = session.get();
    controller.abort(reason);
    expect(await rejection(impatient)).toBe(reason);
    fetched.resolve(keys);
    await expect(patient).resolves.toBeDefined();
    expect(asked).toBe(1);
  });

  test("ends when the provider takes too long: it is told to stop, and the next call asks anew", async () => {
    const stopped: boolean[] = [];
    const provider = ({ signal }: { signal: AbortSignal }) => {
      signal.addEventListener("abort", () => stopped.push(signal.aborted));
      return new Promise<Credentials>(() => {});
    };
    const session = new CredentialsSession(provider, Date.now, 20);
    for (const stops of [[true], [true, true]]) {
      const { message } = await rejection(session.get());
      expect(message).toBe("the provider of credentials gave none within 0.02 s");
      expect(stopped).toEqual(stops);
    }
  });
});

describe("credentials that are new", () => {
  test("are sent by one call, and by the others once they were accepted", async () => {
    const { session } = world();
    const { allowed, ended } = await ten(session);
    expect(allowed).toEqual(["AK1"]);
    session.settle(await session.get(), "accepted");
    await ended;
    expect(allowed).toHaveLength(10);
    expect(session.acquire()).toBe(await session.get());
  });

  test("that are refused are sent by no other call, and each failure tells the refusal", async () => {
    const { clock, session } = scripted(() => keys);
    const { allowed, failures, ended } = await ten(session);
    session.settle(await session.get(), "refused", refusal);
    await ended;
    expect(allowed).toHaveLength(1);
    expect(failures).toHaveLength(9);
    expect(failures[0]?.message).toBe(
      "not sent: the service has refused these credentials before, and repeated failures lock a key; the refusal was: the credentials were refused (APIGW.0301)",
    );
    expect(failures[0]?.cause).toBe(refusal);
    expect(clock.asked).toBe(2);
  });

  test("take the place of refused ones in the calls that waited, one call first again", async () => {
    const { session } = world();
    const { allowed, ended } = await ten(session);
    session.settle(await session.get(), "refused", refusal);
    await nextTurn();
    expect(allowed).toEqual(["AK1", "AK2"]);
    session.settle(await session.get(), "accepted");
    await ended;
    expect(allowed.slice(1)).toEqual(Array(9).fill("AK2"));
  });

  test.each([
    ["one more call when the response tells nothing of them", "unclear", 2],
    ["all calls when the first one got no response", "lost", 10],
  ] as const)("are sent by %s", async (_, verdict, calls) => {
    const { session } = world();
    const { allowed } = await ten(session);
    session.settle(await session.get(), verdict);
    await nextTurn();
    expect(allowed).toHaveLength(calls);
  });
});

describe("refused credentials", () => {
  /** Why a call is not sent. */
  const notSent = async (session: CredentialsSession) => (await rejection(session.acquire())).cause;

  test("are fetched again, once, however many calls were refused", async () => {
    const { clock, session } = world();
    const first = await session.get();
    session.settle(first, "refused", refusal);
    const renewed = await session.get();
    expect(renewed).not.toBe(first);
    session.settle(first, "refused", refusal);
    expect(await session.get()).toBe(renewed);
    expect(clock.asked).toBe(2);
  });

  test("that have never worked are not sent again, however long the provider gives no others", async () => {
    const { clock, session } = scripted(() => keys);
    session.settle(await session.acquire(), "refused", refusal);
    clock.now += 100 * refusalRest;
    expect(await notSent(session)).toBe(refusal);
  });

  test("that worked before are tried by one call after the time for which the service locks a key", async () => {
    const { clock, session } = scripted(() => keys);
    session.settle(await session.acquire(), "accepted");
    for (let refused = 0; refused < 2; refused++) {
      session.settle(await session.acquire(), "refused", refusal);
      clock.now += refusalRest - 1;
      expect(await notSent(session)).toBe(refusal);
      clock.now += 1;
    }
    const { allowed } = await ten(session);
    expect(allowed).toHaveLength(1);
  });

  test("let their provider rest: 500 calls ask it three times", async () => {
    const { clock, session } = scripted(() => keys);
    session.settle(await session.acquire(), "refused", refusal);
    for (let call = 0; call < 500; call++) await notSent(session);
    expect(clock.asked).toBe(3);
  });
});

test.each([
  ["accepted", [200, 400, 403, 404]],
  ["refused", [401]],
  ["unclear", [407, 429, 503]],
])("the credentials are %s by a response of status %j", (verdict, statuses) => {
  expect(statuses.map(verdictOn)).toEqual(statuses.map(() => verdict));
});

/** Ten calls that want to send, and the credentials of those that may. */
async function ten(session: CredentialsSession) {
  const allowed: string[] = [];
  const failures: Error[] = [];
  const calls = Array.from({ length: 10 }, async () => {
    try {
      const usable = (await session.acquire()).reveal();
      allowed.push("key" in usable ? usable.key.accessKey : "a token");
    } catch (error) {
      failures.push(error as Error);
    }
  });
  await nextTurn();
  return { allowed, failures, ended: Promise.all(calls) };
}
