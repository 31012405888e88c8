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
import { always, startHttpServer } from "../support/servers";

const group = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
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

test("groups, hooks and hanging instances are there again, with their deadlines", async () => {
  const first = await start();
  await call(first, "POST", pathsOf(first).hooks, {
    body: { ...sampleHook, default_timeout: 600 },
    date: new Date(clock.now()),
  });
  first.scale(group, 2);
  const before = look(first);
  expect(first.hangingInstances(group)).toHaveLength(2);
  await first.close();
  clock.advance(599_000);
  await using second = await start();
  expect(look(second)).toEqual(before);
  clock.advance(1000);
  expect(second.hangingInstances(group).map(({ timeout }) => timeout)).toEqual(
    Array(2).fill("2026-01-02T03:24:05Z"),
  );
});

test("what was due meanwhile has happened, in its order", async () => {
  const first = await start();
  first.putHook(group, { ...sampleHook, default_timeout: 600, default_result: "CONTINUE" });
  first.scale(group, 1);
  await first.close();
  clock.advance(3_600_000);
  await using second = await start();
  expect(second.instances(group)).toMatchObject([{ life_cycle_state: "INSERVICE" }]);
});

test("a group that was removed stays away, and one that is named is made", async () => {
  const first = await start();
  first.removeGroup(group);
  await first.close();
  const second = await start();
  expect(second.groups).toEqual([]);
  await second.close();
  await using third = await start({ groups: ["named"] });
  expect(third.groups).toEqual(["named"]);
});

test("subscriptions are there again, and a message that was not settled is sent once more", async () => {
  let takes = false;
  await using server = await startHttpServer((response, request, count) => {
    const isMessage = JSON.parse(request.body).type === "Notification";
    always(isMessage && !takes ? 500 : 200)(response, request, count);
  });
  const first = await start();
  const at = { date: new Date(clock.now()) };
  const topics = `/v2/${first.projectId}/notifications/topics`;
  await call(first, "POST", topics, { ...at, body: { name: "gsh" } });
  const body = { protocol: "http", endpoint: server.url };
  await call(first, "POST", `${topics}/${topicUrn}/subscriptions`, { ...at, body });
  await expect.poll(() => server.requests.length).toBe(1);
  await fetch(JSON.parse(server.requests[0]?.body ?? "").subscribe_url);
  first.putHook(group, sampleHook);
  first.scale(group, 1);
  await expect.poll(() => server.requests.length).toBe(2);
  await first.close();

  takes = true;
  const second = await start();
  await expect.poll(() => server.requests.length).toBe(3);
  const [, ...messages] = server.requests.map((request) => JSON.parse(request.body).message_id);
  expect(new Set(messages).size).toBe(1);
  await expect.poll(() => second.messages[0]?.deliveries[0]?.outcome).toBe("delivered");
  await second.close();
  await using third = await start();
  expect(third.messages).toEqual([]);
});

test("a line that was cut short is left out, and the file can be read by its owner alone", async () => {
  const first = await start();
  first.putHook(group, sampleHook);
  await first.close();
  appendFileSync(file, '\n{"at":1,"group":"e5d2');
  await using second = await start();
  expect(second.hooks(group)).toHaveLength(1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file that is no state is refused, and left alone", async () => {
  writeFileSync(file, '{"name":"mine"}\n');
  await expect(start()).rejects.toThrow("is not a state of this emulator");
  expect(readFileSync(file, "utf8")).toBe('{"name":"mine"}\n');
});

test("a file that contradicts itself is refused, and the port is free afterwards", async () => {
  const first = await start();
  await first.close();
  appendFileSync(file, `\n${JSON.stringify({ at: clock.now(), group: "none", event: { kind: "tick" } })}`);
  const { port } = first;
  await expect(start({ port })).rejects.toThrow(`${file}: the emulator has no scaling group none`);
  await using other = await startEmulator({ port });
  expect(other.port).toBe(port);
});

test("a line that was cut short in the middle, as on a full disk, spoils no other", async () => {
  const first = await start();
  first.putHook(group, sampleHook);
  appendFileSync(file, '\n{"at":1,"gro');
  await first.close();
  appendFileSync(
    file,
    `\n${JSON.stringify({ at: clock.now(), group, event: { kind: "remove-hook", name: "test-hook1" } })}`,
  );
  await using second = await start();
  expect(second.hooks(group)).toEqual([]);
});

test("a snapshot takes the place of many events, and loses none", async () => {
  const first = await start();
  const topics = `/v2/${first.projectId}/notifications/topics`;
  first.putHook(group, { lifecycle_hook_name: "kept", notification_metadata: "x".repeat(1_000_000) });
  for (let count = 1; count <= 20; count++) {
    first.putHook(group, {
      lifecycle_hook_name: "changed",
      notification_metadata: `${count} ${"x".repeat(1_000_000)}`,
    });
    await call(first, "POST", topics, { body: { name: `topic-${count}` }, date: new Date(clock.now()) });
  }
  const before = look(first);
  expect(statSync(file).size).toBeLessThan(17 * 1024 * 1024);
  await first.close();
  await using second = await start();
  expect(look(second)).toEqual(before);
  const { json } = await call(second, "GET", topics, { date: new Date(clock.now()) });
  expect(json).toMatchObject({ topic_count: 20 });
});

test("any moment's file gives the state of that moment", async () => {
  const emulator = await start();
  const moments: [string, unknown][] = [];
  for (let index = 0; index < 12; index++) {
    if (index % 3 === 0)
      emulator.putHook(group, { lifecycle_hook_name: `hook-${index}`, default_timeout: 60 });
    else emulator.scale(group, index % 4);
    clock.advance(20_000);
    emulator.instances(group);
    moments.push([readFileSync(file, "utf8"), look(emulator)]);
  }
  const end = clock.now();
  await emulator.close();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...moments.keys()), async (index) => {
      const [text, expected] = moments[index] ?? [];
      writeFileSync(file, text ?? "");
      const then = new ManualClock(end - (moments.length - 1 - index) * 20_000);
      const again = await startEmulator({ clock: then, state: file, launchTime: 0, removalTime: 0 });
      expect(look(again)).toEqual(expected);
      await again.close();
    }),
    { numRuns: 20 },
  );
});

test("nothing that was acknowledged is lost when the process is killed, at fifty moments under load", async () => {
  const acknowledged = new Map<string, number>();
  const random = seeded(14);
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
      }
    });
    setTimeout(() => child.kill("SIGKILL"), 20 + random() * 60);
    await Promise.allSettled(writing);
    await ended;
    await client.close();
  }
  expect(Math.min(...acknowledged.values())).toBeGreaterThan(310);
}, 180_000);

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
