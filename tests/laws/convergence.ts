import { expect } from "vitest";
import { formatHookId } from "../../provider/core/properties";
import { type Driver, encrypted, type Kept, type Outcome, type Program } from "./driver";
import { described } from "./fleet";

/** What a law starts from, and what it looks at. */

/** Makes sure that a program's hooks are there, and nothing else. */
export async function given(driver: Driver, program: Program): Promise<void> {
  if ((await deviations(driver, program)).length === 0) return;
  const others = Object.keys(await driver.kept()).some((name) => !(name in program));
  // Deletions come last, and a group may be full.
  if (others) await cleared(driver);
  await driver.up(program);
  await expectConverged(driver, program);
}

/** Makes sure that nothing is there, neither in the state nor in the API. */
export async function cleared(driver: Driver): Promise<void> {
  const { emulator } = driver;
  if (Object.keys(await driver.kept()).length > 0) await driver.restore({ deployment: { resources: [] } });
  for (const group of emulator.groups)
    for (const hook of emulator.hooks(group)) emulator.removeHook(group, hook.lifecycle_hook_name);
  expect(await driver.kept()).toEqual({});
}

/** The state has what the API has, and that is what the program says: nothing is lost, and nothing doubled. */
export async function expectConverged(driver: Driver, program: Program): Promise<void> {
  expect(await deviations(driver, program)).toEqual([]);
}

export function expectEmpty({ emulator }: Driver, program: Program): void {
  for (const group of groupsOf(program)) expect(emulator.hooks(group)).toEqual([]);
}

async function deviations(driver: Driver, program: Program): Promise<string[]> {
  const kept = await driver.kept();
  const found: string[] = [];
  const compare = (what: string, actual: object | undefined, expected: object) => {
    for (const [key, value] of Object.entries(expected)) {
      const is = (actual as Readonly<Record<string, unknown>> | undefined)?.[key];
      if (is !== value && is !== encrypted) found.push(`${what}: ${key} is ${is}, not ${value}`);
    }
  };
  const live = groupsOf(program).flatMap((group) =>
    driver.emulator
      .hooks(group)
      .map(
        (hook) =>
          [
            formatHookId({ scalingGroupId: group, lifecycleHookName: hook.lifecycle_hook_name }),
            hook,
          ] as const,
      ),
  );
  const hooks = new Map<string, (typeof live)[number][1]>(live);
  if (hooks.size !== Object.keys(program).length) found.push(`the API has ${hooks.size} hooks`);
  if (Object.keys(kept).length !== Object.keys(program).length) found.push("the state has others");
  for (const [name, declared] of Object.entries(program)) {
    const { id = "", inputs = {}, outputs = {} } = kept[name] ?? {};
    const hook = hooks.get(id);
    compare(
      `the API's ${name}`,
      hook,
      described(declared, declared.inputs.lifecycleHookName ?? hook?.lifecycle_hook_name),
    );
    compare(`the inputs of ${name}`, inputs, declared.inputs);
    compare(`the outputs of ${name}`, outputs, {
      ...declared.inputs,
      lifecycleHookName: hook?.lifecycle_hook_name,
      defaultResult: hook?.default_result,
      defaultTimeout: hook?.default_timeout,
      notificationMetadata: hook?.notification_metadata ?? undefined,
      notificationTopicName: hook?.notification_topic_name,
      createTime: hook?.create_time,
      region: driver.emulator.region,
      projectId: driver.emulator.projectId,
    });
  }
  // The first few tell it all.
  return found.slice(0, 5);
}

/** An operation, and the methods of the requests about hooks that it sent. */
export async function sending(
  { emulator }: Driver,
  operation: () => Promise<Outcome>,
): Promise<{ readonly outcome: Outcome; readonly sent: readonly string[] }> {
  emulator.clearRequests();
  const outcome = await operation();
  const about = emulator.requests.filter(({ path }) => path.includes("hook"));
  return { outcome, sent: about.map(({ method }) => method) };
}

/** The names of a program's resources, or a step for each, sorted. */
export function namesOf(program: Program, step?: string): string[] {
  return Object.keys(program)
    .map((name) => (step === undefined ? name : `${step} ${name}`))
    .toSorted();
}

export function groupsOf(program: Program): string[] {
  return [...new Set(Object.values(program).map(({ inputs }) => String(inputs.scalingGroupId)))];
}

/** The group and the name of a hook in the state. */
export function addressOf(kept: Kept | undefined): readonly [group: string, name: string] {
  const [group = "", name = ""] = kept?.id.split("/") ?? [];
  return [group, name];
}
