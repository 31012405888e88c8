import { fork } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { AutoScalingClient } from "../../sdk/client";
import { type Emulator, type EmulatorOptions, ManualClock, startEmulator } from "../../sdk/emulator";
import { call, pathsOf, sampleHook, topicUrn } from "../support/emulator-calls";
import { groupId as group } from "../support/hooks";
import { always, startHttpServer } from "../support/servers";
import { follow, posted, subscribe } from "../support/smn";

let folder: string;
let file: string;
let clock: ManualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-state-"));
  file = join(folder, "state.json");
  clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (options: EmulatorOptions = {}) =>
  startEmulator({ clock, state: file, launchTime: 0, removalTime: 0, ...options });
const look = (emulator: Emulator) =>
  emulator.groups.map((id) => [
    id,
    emulator.hooks(id),
    emulator.instances(id),
    emulator.hangingInstances(id),
  ]);
const ask = (emulator: Emulator, method: string, path: string, body?: unknown) =>
  call(emulator, method, path, { body, date: new Date(clock.now()) });
const topicsOf = ({ projectId }: Emulator) => `/v2/${projectId}/notifications/topics`;

/** What an emulator that has ended leaves behind. */
async function left(act: (emulator: Emulator) => unknown = () => {}): Promise<void> {
  await using emulator = await start();
  await act(emulator);
}

test("groups, hooks and hanging instances are there again, with their deadlines", async () => {
  let before: unknown;
  await left(async (first) => {
    await ask(first, "POST", pathsOf(first).hooks, { ...sampleHook, default_timeout: 600 });
    first.scale(group, 2);
    expect(first.hangingInstances(group)).toHaveLength(2);
    before = look(first);
  });
  clock.advance(599_000);
  await using second = await start();
  expect(look(second)).toEqual(before);
  clock.advance(1000);
  expect(second.hangingInstances(group).map(({ timeout }) => timeout)).toEqual(
    Array(2).fill("2026-01-02T03:24:05Z"),
  );
});

test("what was due meanwhile has happened, in its order", async () => {
  await left((first) => {
    first.putHook(group, { ...sampleHook, default_timeout: 600, default_result: "CONTINUE" });
    first.scale(group, 1);
  });
  clock.advance(3_600_000);
  await using second = await start();
  expect(second.instances(group)).toMatchObject([{ life_cycle_state: "INSERVICE" }]);
});

test("a group that was removed stays away, and one that is named is made", async () => {
  await left((first) => first.removeGroup(group));
  await left((second) => expect(second.groups).toEqual([]));
  await using third = await start({ groups: ["named"] });
  expect(third.groups).toEqual(["named"]);
});

test("subscriptions are there again, and a message that was not settled is sent once more", async () => {
  let takes = false;
  await using server = await startHttpServer((response, request, count) => {
    const isMessage = JSON.parse(request.body).type === "Notification";
    always(isMessage && !takes ? 500 : 200)(response, request, count);
  });
  await left(async (first) => {
    await follow((await subscribe(first, server)).subscribe_url);
    first.putHook(group, sampleHook);
    first.scale(group, 1);
    await posted(server, 2);
  });
  takes = true;
  await left(async (second) => {
    const [, ...messages] = await posted(server, 3);
    expect(new Set(messages.map(({ message_id }) => message_id)).size).toBe(1);
    await expect.poll(() => second.messages[0]?.deliveries[0]?.outcome).toBe("delivered");
  });
  await using third = await start();
  expect(third.messages).toEqual([]);
});

test("the file can be read by its owner alone, and a line cut short spoils no other", async () => {
  await left((first) => {
    first.putHook(group, sampleHook);
    first.putHook(group, { lifecycle_hook_name: "kept" });
    // As on a full disk, and as by a process that is killed.
    appendFileSync(file, '\n{"at":1,"gro');
  });
  const event = { kind: "remove-hook", name: "test-hook1" };
  appendFileSync(file, `\n${JSON.stringify({ at: clock.now(), group, event })}\n{"at":1,"group":"e5d2`);
  await using second = await start();
  expect(second.hooks(group)).toMatchObject([{ lifecycle_hook_name: "kept" }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file that is no state is refused, and left alone", async () => {
  writeFileSync(file, '{"name":"mine"}\n');
  await expect(start()).rejects.toThrow("is not a state of this emulator");
  expect(readFileSync(file, "utf8")).toBe('{"name":"mine"}\n');
});

test("a file that contradicts itself is refused, and the port is free afterwards", async () => {
  let port = 0;
  await left((first) => {
    port = first.port;
  });
  appendFileSync(file, `\n${JSON.stringify({ at: clock.now(), group: "none", event: { kind: "tick" } })}`);
  await expect(start({ port })).rejects.toThrow(`${file}: the emulator has no scaling group none`);
  await using other = await startEmulator({ port });
  expect(other.port).toBe(port);
});

test("a snapshot takes the place of many events, and loses none", async () => {
  const longHook = (lifecycle_hook_name: string, count: number) => ({
    lifecycle_hook_name,
    notification_metadata: `${count} ${"x".repeat(1_000_000)}`,
  });
  let before: unknown;
  await left(async (first) => {
    first.putHook(group, longHook("kept", 0));
    for (let count = 1; count <= 20; count++) {
      first.putHook(group, longHook("changed", count));
      await ask(first, "POST", topicsOf(first), { name: `topic-${count}` });
    }
    before = look(first);
  });
  expect(statSync(file).size).toBeLessThan(17 * 1024 * 1024);
  await using second = await start();
  expect(look(second)).toEqual(before);
  const { json } = await ask(second, "GET", topicsOf(second));
  expect(json).toMatchObject({ topic_count: 20 });
});

test("any moment's file gives the state of that moment", async () => {
  const moments: { text: string; state: unknown; at: number }[] = [];
  await left((emulator) => {
    for (let index = 0; index < 12; index++) {
      const hook = { lifecycle_hook_name: `hook-${index}`, default_timeout: 60 };
      if (index % 3 === 0) emulator.putHook(group, hook);
      else emulator.scale(group, index % 4);
      clock.advance(20_000);
      const state = look(emulator);
      moments.push({ text: readFileSync(file, "utf8"), state, at: clock.now() });
    }
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...moments), async ({ text, state, at }) => {
      writeFileSync(file, text);
      await using again = await start({ clock: new ManualClock(at) });
      expect(look(again)).toEqual(state);
    }),
    { numRuns: 20 },
  );
});

test("nothing that was acknowledged is lost when the process is killed, at fifty moments under load", async () => {
  const acknowledged = new Map<string, number>();
  let seed = 14;
  for (let round = 0; round < 50; round++) {
    const child = fork(join(__dirname, "../support/emulator-process.mjs"), [JSON.stringify({ state: file })]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    const [ready] = (await once(child, "message")) as [
      { env: Record<string, string>; hooks: [string, number][] },
    ];
    const stored = new Map(ready.hooks);
    for (const [name, timeout] of acknowledged) {
      expect(stored.get(name), `${name} after kill ${round}`).toBeGreaterThanOrEqual(timeout);
    }
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const client = new AutoScalingClient({ region: "cn-north-4", environment: ready.env, maxRetries: 0 });
    const writing = ["a", "b", "c", "d"].map(async (lifecycleHookName) => {
      if (!stored.has(lifecycleHookName)) {
        const urns = { lifecycleHookType: "INSTANCE_LAUNCHING", notificationTopicUrn: topicUrn } as const;
        await client.lifecycleHooks.create(group, { lifecycleHookName, ...urns, defaultTimeout: 300 });
        acknowledged.set(lifecycleHookName, 300);
      }
      for (let defaultTimeout = (stored.get(lifecycleHookName) ?? 300) + 1; ; defaultTimeout++) {
        await client.lifecycleHooks.update(group, lifecycleHookName, { defaultTimeout });
        acknowledged.set(lifecycleHookName, defaultTimeout);
        begin();
      }
    });
    // The same moments in each run, however slow the first write is.
    await begun;
    seed = (seed * 48_271) % 2_147_483_647;
    setTimeout(() => child.kill("SIGKILL"), 20 + (seed % 60));
    await Promise.allSettled(writing);
    await ended;
    await client.close();
  }
  expect(Math.min(...acknowledged.values())).toBeGreaterThan(310);
}, 180_000);
