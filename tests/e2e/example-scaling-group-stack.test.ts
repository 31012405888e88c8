import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";

const folder = "examples/scaling-group-stack";

test("scaling-group-stack: the README's commands make the hooks of a group that another stack, or the program itself, owns", async () => {
  await using emulator = await startEmulator({ launchTime: 0, removalTime: 0 });
  await using workspace = await Workspace.make(emulator.env);
  const groupId = () => emulator.groups[1] ?? "";
  const page = await workspace.page(`${folder}/README.md`, folder);
  /** The writes so far, without those that answer hooks. */
  const ofProvider = () => {
    const all = emulator.requests
      .filter(({ method, path }) => method !== "GET" && !path.endsWith("/callback"))
      .map(({ method }) => method);
    emulator.clearRequests();
    return all;
  };
  const bothHooks = expect.arrayContaining([
    expect.objectContaining({
      lifecycle_hook_name: expect.stringMatching(/^web-boot-/),
      lifecycle_hook_type: "INSTANCE_LAUNCHING",
      default_result: "CONTINUE",
      default_timeout: 600,
    }),
    expect.objectContaining({
      lifecycle_hook_name: expect.stringMatching(/^web-drain-/),
      lifecycle_hook_type: "INSTANCE_TERMINATING",
      default_timeout: 3600,
    }),
  ]);

  const hung = () => emulator.messages.map(({ message }) => JSON.parse(message).lifecycle_hook_type);
  const states = () => emulator.instances(groupId()).map((one) => one.life_cycle_state);
  const away = ["PUT", "POST", "DELETE", "DELETE"];
  const there = ["POST", "POST", "PUT", "POST"];
  const [launching, terminating] = ["INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"];
  const interrupt = new AbortController();
  const answering = workspace.run("exec node ../console.mts answer-hooks", folder, interrupt.signal);

  // Two stacks: the group; its hooks, and the group in service; and all of it away.
  await page.next();
  expect(ofProvider()).toEqual([]);
  expect(states()).toEqual([]);
  await page.next();
  expect(ofProvider()).toEqual(there);
  expect(emulator.hooks(groupId())).toEqual(bothHooks);
  expect(states()).toEqual(["INSERVICE", "INSERVICE"]);
  await page.next();
  expect(ofProvider()).toEqual(away);
  expect(emulator.groups).toHaveLength(1);

  // One program: the preview doesn't know the group's id.
  expect(await page.next()).toMatch(/drain: (\[unknown\]|output<string>)/);
  expect(ofProvider()).toEqual(there);
  expect(emulator.hooks(groupId())).toEqual(bothHooks);
  await page.next();
  expect(ofProvider()).toEqual(away);
  expect(emulator.groups).toHaveLength(1);
  const once = [launching, launching, terminating, terminating];
  expect(hung()).toEqual([...once, ...once]);
  expect(page.left).toBe(0);
  interrupt.abort();
  await answering;
}, 240_000);
