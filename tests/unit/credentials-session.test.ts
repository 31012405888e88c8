import { expect, test } from "vitest";
import type { Credentials } from "../../sdk/credentials/credentials";
import { CredentialsSession, renewalMargin } from "../../sdk/credentials/session";
import { keys, rejection } from "../support/sdk";

const minute = 60_000;
const never = new AbortController().signal;

/** A clock, and a provider of credentials that end `lifetime` after they were given. */
function world(lifetime?: number) {
  const clock = { now: 1_000_000, asked: 0 };
  const provider = (): Credentials => ({
    ...keys,
    accessKey: `AK${++clock.asked}`,
    expiresAt: lifetime === undefined ? undefined : new Date(clock.now + lifetime),
  });
  const session = new CredentialsSession(provider, () => clock.now);
  const accessKey = async () => {
    const usable = (await session.get()).reveal();
    return "key" in usable ? usable.key.accessKey : undefined;
  };
  return { clock, session, accessKey };
}

test("whoever comes while the first fetch is under way shares it", async () => {
  const { clock, session } = world();
  const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => session.get(never)));
  expect(clock.asked).toBe(1);
  expect(others.every((one) => one === first)).toBe(true);
});

test("credentials that are at hand are given at once, not as a promise", async () => {
  const { session } = world();
  const fetched = await session.get();
  expect(session.get()).toBe(fetched);
});

test("credentials without an end are fetched once", async () => {
  const { clock, accessKey } = world();
  await accessKey();
  clock.now += 365 * 24 * 60 * minute;
  expect(await accessKey()).toBe("AK1");
});

test("in their last minutes new ones are fetched, once, for which nobody waits", async () => {
  const { clock, session, accessKey } = world(60 * minute);
  await accessKey();
  clock.now += 60 * minute - renewalMargin - 1;
  expect(await accessKey()).toBe("AK1");
  expect(clock.asked).toBe(1);

  clock.now += 1;
  const old = session.get();
  expect(old).not.toBeInstanceOf(Promise);
  expect(session.get()).toBe(old);
  expect(clock.asked).toBe(2);
  await Promise.resolve();
  await new Promise(setImmediate);
  expect(await accessKey()).toBe("AK2");
  expect(clock.asked).toBe(2);
});

test("once they have ended they are not used, and everybody waits for the new ones", async () => {
  const { clock, accessKey } = world(60 * minute);
  await accessKey();
  clock.now += 60 * minute;
  expect(await Promise.all([accessKey(), accessKey()])).toEqual(["AK2", "AK2"]);
  expect(clock.asked).toBe(2);
});

test("a renewal that fails harms nobody while the old ones are valid, and is tried again", async () => {
  let now = 0;
  let asked = 0;
  const provider = () => {
    if (asked++ === 1) throw new Error("the vault is sealed");
    return { ...keys, accessKey: `AK${asked}`, expiresAt: new Date(now + 60 * minute) };
  };
  const session = new CredentialsSession(provider, () => now);
  const first = await session.get();
  now = 58 * minute;
  expect(session.get()).toBe(first);
  await new Promise(setImmediate);
  expect(session.get()).toBe(first);
  await new Promise(setImmediate);
  expect(session.get()).not.toBe(first);
  expect(asked).toBe(3);
});

test("a fetch that failed is not kept", async () => {
  let asked = 0;
  const session = new CredentialsSession(async () => {
    if (asked++ === 0) throw new Error("the vault is sealed");
    return keys;
  });
  const failures = await Promise.all([
    rejection(session.get() as Promise<unknown>),
    rejection(session.get() as Promise<unknown>),
  ]);
  expect(failures.map(({ message }) => message)).toEqual(["the vault is sealed", "the vault is sealed"]);
  expect(asked).toBe(1);
  await session.get();
  expect(asked).toBe(2);
});

test("a caller's signal ends its own wait only", async () => {
  const given = Promise.withResolvers<typeof keys>();
  const session = new CredentialsSession(() => given.promise);
  const controller = new AbortController();
  const impatient = session.get(controller.signal) as Promise<unknown>;
  const patient = session.get(never);
  controller.abort(new Error("given up"));
  expect((await rejection(impatient)).message).toBe("given up");
  given.resolve(keys);
  await expect(patient).resolves.toBeDefined();
});

test("a signal that was aborted before starts no fetch, whose failure nobody would hear", () => {
  let asked = 0;
  const session = new CredentialsSession(async () => {
    asked++;
    throw new Error("unheard");
  });
  expect(() => session.get(AbortSignal.abort(new Error("given up")))).toThrow("given up");
  expect(asked).toBe(0);
});

test("a provider that never answers is given up, told to stop, and asked anew by the next call", async () => {
  const signals: AbortSignal[] = [];
  const provider = ({ signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    return new Promise<Credentials>(() => {});
  };
  const session = new CredentialsSession(provider, Date.now, 20);
  const message = "the provider of credentials gave none within 0.02 s";
  expect((await rejection(session.get() as Promise<unknown>)).message).toBe(message);
  expect(signals[0]?.aborted).toBe(true);
  expect((await rejection(session.get() as Promise<unknown>)).message).toBe(message);
  expect(signals).toHaveLength(2);
});

test("refused ones are fetched again, once, however many say so", async () => {
  const { clock, session } = world();
  const first = await session.get();
  session.refuse(first);
  const second = await session.get();
  expect(second).not.toBe(first);
  session.refuse(first);
  expect(session.get()).toBe(second);
  expect(clock.asked).toBe(2);
});
