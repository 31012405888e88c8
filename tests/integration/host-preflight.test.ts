import { beforeEach, describe, expect, test } from "vitest";
import { emulatorOfFile } from "../support/emulator";
import { engineRowsOfFile } from "../support/engine-rows";
import { groupId, validInputs } from "../support/hooks";
import { Host } from "../support/host";

/** When the live groups are looked at, and where it is told what was found. */

const emulator = emulatorOfFile();
const rows = engineRowsOfFile();

beforeEach(() => {
  for (const name of ["a", "b", "c", "d", "e"]) emulator.putHook(groupId, { lifecycle_hook_name: name });
  emulator.clearRequests();
});

const hook = (more: object = {}) => ({ ...validInputs, __urn: "dev::shop::::drain", ...more });
const startHost = (environment: Readonly<Record<string, string>> = emulator.env, config = {}) =>
  Host.start(environment, config, rows.address);
const looking = () => startHost({ ...emulator.env, HW_PREFLIGHT: "1" });
const withoutKeys = () => {
  const { HW_ACCESS_KEY, HW_SECRET_KEY, ...environment } = emulator.env;
  return environment;
};

describe("a preflight", () => {
  test("is off unless it is asked for", async () => {
    const host = await startHost();
    await host.check({}, hook());
    expect(rows.messages).toEqual([]);
    expect(emulator.requests).toEqual([]);
  });

  test("tells what it finds on the resource's row, and fails nothing", async () => {
    const host = await startHost(emulator.env, { "huaweicloud:preflight": "true" });
    expect((await host.check({}, hook())).reasons).toEqual([]);
    expect(rows.messages).toEqual([
      {
        urn: expect.stringMatching(/^urn:pulumi:dev::shop::.*::drain$/),
        level: "warning",
        ephemeral: false,
        message: "preflight: the group already has 5 hooks, the most it can have (AS.7038)",
      },
    ]);
  });

  test("is for valid inputs, and asks once a group and run", async () => {
    const host = await looking();
    expect((await host.check({}, hook({ defaultTimeout: 1 }))).reasons).toHaveLength(1);
    expect(emulator.requests).toEqual([]);

    emulator.removeHook(groupId, "e");
    const { inputs } = await host.check({}, hook({ __urn: "dev::shop::::first" }));
    await host.create(inputs);
    await host.check({}, hook({ lifecycleHookName: "second", __urn: "dev::shop::::second" }));
    expect(emulator.requests.filter(({ path }) => path.endsWith("/list"))).toHaveLength(1);
  });

  test("counts the hooks that the program itself adds", async () => {
    emulator.removeHook(groupId, "e");
    const host = await looking();
    for (const name of ["one", "two"])
      await host.check({}, hook({ lifecycleHookName: name, __urn: `dev::shop::::${name}` }));
    expect(rows.warnings).toEqual([
      "preflight: the group has 4 hooks, and with those that the program adds it would have 6, more than the 5 that it can have (AS.7038)",
    ]);
  });

  test("without credentials leaves the preview working, and says what it could not check", async () => {
    const host = await startHost({ ...withoutKeys(), HW_PREFLIGHT: "1" });
    expect((await host.check({}, hook())).reasons).toEqual([]);
    expect(rows.warnings).toEqual([
      expect.stringMatching(/^preflight: could not look at the scaling group: .*no credentials found/),
    ]);
  });
});

describe("an import", () => {
  test("without credentials passes at preview, with a warning", async () => {
    const host = await startHost(withoutKeys());
    expect((await host.check({}, hook({ __import: `${groupId}/drain` }))).reasons).toEqual([]);
    expect(rows.warnings).toEqual([
      expect.stringMatching(/^import: takes over .* give aliases instead/),
      expect.stringMatching(/^could not compare the hook to import with the program: .*no credentials found/),
    ]);
  });

  test("of another hook than the program's names the property, but no secret", async () => {
    const host = await startHost();
    const secret = { __import: "other/drain", __secrets: ["scalingGroupId"] };
    expect((await host.check({}, hook(secret))).reasons).toEqual([
      'import: "other/drain" is another hook than the program\'s: scalingGroupId is not that there; make them the same, or remove the option',
    ]);
  });
});
