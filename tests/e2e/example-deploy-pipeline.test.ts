import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";
import { groupId } from "../support/hooks";

/** The commands of examples/deploy-pipeline, one after the other on one stack. */

const secrets = { DRAIN_TOKEN: "the-token-of-the-drainer", PULUMI_CONFIG_PASSPHRASE: "the passphrase" };
const folder = "examples/deploy-pipeline";
let emulator: Emulator;
let workspace: Workspace;
let printed = "";
beforeAll(async () => {
  emulator = await startEmulator();
  workspace = await Workspace.make({ ...emulator.env, ...secrets });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await emulator.close();
});

async function deploy(command: string, interrupt?: AbortSignal) {
  const result = await workspace.run(`exec node deploy.mts ${command} staging`, folder, interrupt);
  printed += result.output;
  return result;
}
const namesOfHooks = () => emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_name);
const writes = () => emulator.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);
const editProgram = async (from: string, to: string) => {
  const file = join(workspace.folder, folder, "index.ts");
  await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
};

test("deploy-pipeline: the README's commands plan, apply, and replace only with --allow-replace", async () => {
  const page = await workspace.page(`${folder}/README.md`, folder);
  printed += await page.next();
  expect(namesOfHooks().sort()).toEqual(["boot", "drain"]);
  printed += await page.next({ fails: true });
  expect(namesOfHooks().sort()).toEqual(["boot", "drain"]);
  printed += await page.next();
  expect(namesOfHooks().sort()).toEqual(["drain", "set-up"]);
  expect(page.left).toBe(0);
});

test("deploy-pipeline: an apply does nothing when the program is no longer the one of the plan", async () => {
  await editProgram("drainTimeout: 600", "drainTimeout: 900");
  await deploy("preview");
  await editProgram("drainTimeout: 900", "drainTimeout: 1200");
  emulator.clearRequests();
  const { failed, output } = await deploy("apply");
  expect(failed, output).toBe(true);
  expect(output).toContain("violates plan");
  expect(writes()).toEqual([]);
});

test("deploy-pipeline: an apply that is interrupted ends what is under way, saves it, and unlocks the stack", async () => {
  await editProgram("drainTimeout: 1200", "drainTimeout: 900");
  const interrupt = new AbortController();
  const stop = emulator.intercept(({ method }) => {
    if (method === "PUT") interrupt.abort();
    return undefined;
  });
  const { failed, output } = await deploy("apply", interrupt.signal);
  stop();
  expect(failed, output).toBe(true);
  expect(emulator.hooks(groupId)).toContainEqual(expect.objectContaining({ default_timeout: 900 }));
  const files = await readdir(join(workspace.folder, "backend"), { recursive: true });
  expect(files.filter((file) => /locks.*\.json$/.test(file))).toEqual([]);
  expect((await deploy("drift")).failed, "drift of what an interrupted apply has left").toBe(false);
});

test("deploy-pipeline: drift fails, names what has changed, and changes nothing", async () => {
  emulator.putHook(groupId, { lifecycle_hook_name: "drain", default_timeout: 1000 });
  emulator.clearRequests();
  const { failed, output } = await deploy("drift");
  expect(failed, output).toBe(true);
  expect(output).toMatch(/LifecycleHook drain .*~defaultTimeout/);
  expect(writes()).toEqual([]);
});

test("deploy-pipeline: no secret is in the plan, the state, or what the commands have printed", async () => {
  const names = await readdir(workspace.folder, { recursive: true, withFileTypes: true });
  const written = names.filter((entry) => entry.isFile() && /^(plan-)?staging.*\.json/.test(entry.name));
  expect(written.length).toBeGreaterThan(1);
  const texts = await Promise.all(
    written.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8")),
  );
  for (const secret of [...Object.values(secrets), emulator.secretKey]) {
    expect([printed, ...texts].filter((text) => text.includes(secret))).toEqual([]);
  }
});

test("deploy-pipeline: the workflow runs the commands of the README's table", async () => {
  const read = (name: string) => readFile(join(workspace.folder, folder, name), "utf8");
  const commands = (text: string) => new Set(text.match(/deploy\.mts \w+/g));
  const { jobs } = parse(await read("github-actions.yml"));
  expect(Object.keys(jobs)).toEqual(["preview", "apply", "drift"]);
  expect(commands(JSON.stringify(jobs))).toEqual(commands(await read("README.md")));
  expect(jobs.apply).toMatchObject({ needs: "preview", environment: `\${{ matrix.stack }}` });
});
