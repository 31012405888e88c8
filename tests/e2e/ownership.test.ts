import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output";
import { describe, expect, test } from "vitest";
import { getLifecycleHook, LifecycleHook, LifecycleHooks, Provider } from "../../provider";
import { groupId, topicUrn } from "../support/hooks";
import { hookArgs, Trial } from "../support/trial";

/** No hook is lost, by whatever programs and operations of the real engine. */

const named = (resource: string, lifecycleHookName: string, opts: pulumi.CustomResourceOptions = {}) =>
  new LifecycleHook(resource, { ...hookArgs, lifecycleHookName }, opts);

const put = (trial: Trial, lifecycle_hook_name: string) =>
  trial.emulator.putHook(groupId, { ...outside, lifecycle_hook_name });
const outside = {
  lifecycle_hook_type: hookArgs.lifecycleHookType,
  notification_topic_urn: topicUrn,
} as const;

describe("an up", () => {
  test("that exchanges two names, one step at a time, is refused at preview with the way, and loses nothing", async () => {
    const program = (first: string, second: string) => async () => {
      named("a", first);
      named("b", second);
    };
    await using trial = await Trial.start(program("x", "y"));
    await trial.stack.up();
    trial.sent();
    trial.stack.program = program("y", "x");
    for (const run of [await trial.stack.preview(), await trial.stack.up({ parallel: 1 })]) {
      expect(run.failed).toBe(true);
      expect(run.diagnostics.join()).toMatch(
        /give one of them a third name first|gives up is free in the next up/,
      );
    }
    expect(trial.sent().filter((method) => method !== "GET")).toEqual([]);
    trial.stack.program = program("z", "y");
    expect((await trial.stack.up()).failed).toBe(false);
    trial.stack.program = program("z", "x");
    expect((await trial.stack.up()).failed).toBe(false);
    trial.stack.program = program("y", "x");
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.names().toSorted()).toEqual(["x", "y"]);
  });

  test("that renames a resource without aliases fails, and an import beside another failure loses nothing later", async () => {
    await using trial = await Trial.start(async () => void named("old", "drain"));
    await trial.stack.up();
    trial.stack.program = async () => void named("new", "drain");
    expect((await trial.stack.up()).diagnostics.join()).toContain('aliases: [{ name: "<its old name>" }]');
    expect(trial.names()).toEqual(["drain"]);

    // An import is the advice for hooks outside of all states. Followed wrongly, the old resource stays in the state for now.
    const imports = () => named("new", "drain", { import: `${groupId}/drain` });
    trial.stack.program = async () => {
      imports();
      new LifecycleHook("fails", { ...hookArgs, scalingGroupId: "0a1b2c3d-no-such-group" });
    };
    expect((await trial.stack.up()).failed).toBe(true);
    trial.stack.program = async () => void imports();
    const run = await trial.stack.up();
    expect(run.steps).toContain("delete old");
    expect(run.diagnostics.join()).toContain('belongs to the resource "new" of this program');
    expect(trial.names()).toEqual(["drain"]);
    expect((await trial.stack.up()).steps).toEqual([]);
  });

  test("that renames a hook on whose name another's depends replaces both, each after a look, also in a full group", async () => {
    const program = (name: string) => async () => {
      const first = named("a", name);
      new LifecycleHook("b", {
        ...hookArgs,
        lifecycleHookName: pulumi.interpolate`${first.lifecycleHookName}-b`,
      });
    };
    await using trial = await Trial.start(program("a1"));
    await trial.stack.up();
    for (const name of ["a2-b", "c", "d"]) put(trial, name);
    trial.sent();
    trial.stack.program = program("a2");
    for (const run of [await trial.stack.preview(), await trial.stack.up()]) {
      expect(run.failed).toBe(true);
      expect(run.diagnostics.join()).toContain(`nothing is deleted: the group already has a hook`);
    }
    expect(trial.names()).toContain("a1-b");
    trial.emulator.removeHook(groupId, "a2-b");
    put(trial, "e");
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.names().toSorted()).toEqual(["a2", "a2-b", "c", "d", "e"]);
    trial.sent();
    trial.stack.program = program("a3");
    const run = await trial.stack.up();
    expect(run.failed, run.diagnostics.join()).toBe(false);
    expect(trial.sent().filter((method) => method !== "GET")).toEqual(["DELETE", "POST", "DELETE", "POST"]);
    expect(trial.names().toSorted()).toEqual(["a3", "a3-b", "c", "d", "e"]);
  });

  test("whose option replaceWith would have a hook deleted without a look is refused with the way, which leads on", async () => {
    const program =
      (first: string, second: string, replaceWith = true) =>
      async () => {
        const a = named("a", first);
        named("b", second, replaceWith ? { replaceWith: [a] } : {});
      };
    await using trial = await Trial.start(program("a1", "b1"));
    await trial.stack.up();
    put(trial, "b2");
    trial.sent();
    const [a] = await trial.hooksInState();
    trial.stack.program = program("a2", "b2");
    for (const run of [await trial.stack.up(), await trial.stack.up({ replace: [a?.urn ?? ""] })]) {
      expect(run.failed).toBe(true);
      expect(run.diagnostics.join()).toMatch(/was not deleted: .*before "a" can be made.*replaceWith/);
    }
    expect(trial.sent().filter((method) => method !== "GET")).toEqual([]);
    trial.stack.program = program("a1", "b1", false);
    expect((await trial.stack.up()).failed).toBe(false);
    trial.stack.program = program("a2", "b3", false);
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.names().toSorted()).toEqual(["a2", "b2", "b3"]);
  });

  test("deletes what the program no longer has at its end, beside replacements, with one target, and by destroy", async () => {
    const program =
      (...names: readonly string[]) =>
      async () => {
        for (const name of names) named(name.slice(0, 1), name);
      };
    await using trial = await Trial.start(program("a1", "b1", "c1", "d1"));
    await trial.stack.up();
    const urns = Object.fromEntries(
      (await trial.hooksInState()).map(({ urn }) => [urn.split("::").at(-1), urn]),
    );
    trial.stack.program = program("a1", "b1", "c1", "e1");
    const targeted = await trial.stack.up({ target: [urns.d ?? ""] });
    expect(targeted.steps).toEqual(["delete d"]);
    trial.stack.program = program("a2", "b2", "e1");
    const up = await trial.stack.up({ parallel: 1 });
    expect(up.failed, up.diagnostics.join()).toBe(false);
    expect(trial.names().toSorted()).toEqual(["a2", "b2", "e1"]);
    trial.stack.program = program("a2", "f1");
    expect((await trial.stack.up({ replace: [urns.a ?? ""] })).failed).toBe(false);
    expect(trial.names().toSorted()).toEqual(["a2", "f1"]);
    expect((await trial.stack.destroy()).failed).toBe(false);
    expect(trial.names()).toEqual([]);
  });

  test("with --replace of a retained hook tells how to take it back, and that works", async () => {
    const program = (opts: pulumi.CustomResourceOptions) => async () =>
      void named("drain", "drain", { retainOnDelete: true, ...opts });
    await using trial = await Trial.start(program({}));
    await trial.stack.up();
    const [hook] = await trial.hooksInState();
    const refused = await trial.stack.up({ replace: [hook?.urn ?? ""] });
    expect(refused.diagnostics.join()).toContain(`import: "${groupId}/drain"`);
    trial.stack.program = program({ import: `${groupId}/drain` });
    const taken = await trial.stack.up();
    expect(taken.failed).toBe(false);
    trial.stack.program = program({});
    expect((await trial.stack.up()).steps).toEqual([]);
    expect(trial.names()).toEqual(["drain"]);
  });
});

test("a secret that a transform makes is in clear neither in the state nor in a message", async () => {
  await using trial = await Trial.start(async () => {
    await pulumi.runtime.registerResourceTransform(({ type, props, opts }) => {
      if (!type.includes("LifecycleHook")) return undefined;
      const notificationMetadata = pulumi.secret(`hunter2-${props.notificationMetadata}`);
      return { props: { ...props, notificationMetadata }, opts };
    });
    new LifecycleHook("drain", { ...hookArgs, notificationMetadata: "open" });
  });
  const up = await trial.stack.up();
  expect(up.failed).toBe(false);
  expect(trial.emulator.hooks(groupId)).toMatchObject([{ notification_metadata: "hunter2-open" }]);
  expect(await trial.stack.stateText()).not.toContain("hunter2");
  expect(up.text).not.toContain("hunter2");
  trial.emulator.putHook(groupId, { lifecycle_hook_name: trial.names()[0] ?? "", default_timeout: 900 });
  const refresh = await trial.stack.refresh();
  expect(refresh.text).not.toContain("hunter2");
  expect(await trial.stack.stateText()).not.toContain("hunter2");
});

test("customTimeouts that a transform sets are those of the operations", async () => {
  const program =
    (seconds: string): pulumi.automation.PulumiFn =>
    async () => {
      await pulumi.runtime.registerResourceTransform(({ props, opts }) => ({
        props,
        opts: { ...opts, customTimeouts: { create: seconds, delete: seconds } },
      }));
      new LifecycleHook("drain", hookArgs);
    };
  await using trial = await Trial.start(program("1s"));
  trial.emulator.setBusy(groupId, true);
  expect((await trial.stack.up()).diagnostics.join()).toMatch(/AS.2033.*waited 1 s/);
  trial.emulator.setBusy(groupId, false);
  expect((await trial.stack.up()).failed).toBe(false);
  trial.emulator.setBusy(groupId, true);
  expect((await trial.stack.destroy()).diagnostics.join()).toMatch(/AS.2033.*waited 1 s/);
});

test("a replacement before the deletion that a transform asks for is refused, and changes nothing", async () => {
  const program =
    (defaultTimeout: number): pulumi.automation.PulumiFn =>
    async () => {
      await pulumi.runtime.registerResourceTransform(({ props, opts }) => ({
        props,
        opts: { ...opts, deleteBeforeReplace: false, replaceOnChanges: ["defaultTimeout"] },
      }));
      new LifecycleHook("drain", { ...hookArgs, lifecycleHookName: "drain", defaultTimeout });
    };
  await using trial = await Trial.start(program(600));
  await trial.stack.up();
  trial.sent();
  trial.stack.program = program(900);
  expect((await trial.stack.up()).diagnostics.join()).toContain("deleteBeforeReplace: false can't replace");
  expect(trial.sent().filter((method) => method !== "GET")).toEqual([]);
});

test.for(["transforms", "transformations"] as const)(
  "an import that %s set takes the hook over, and is refused where the hook differs",
  async (kind) => {
    const name = "made-by-hand";
    await using trial = await Trial.start(async () => {
      type Changed = Pick<pulumi.ResourceTransformArgs, "type" | "props" | "opts">;
      const transform = ({ type, props, opts }: Changed) =>
        type.includes("LifecycleHook")
          ? { props, opts: { ...opts, import: `${groupId}/${name}` } }
          : undefined;
      if (kind === "transforms") await pulumi.runtime.registerResourceTransform(transform);
      else pulumi.runtime.registerStackTransformation(transform);
      new LifecycleHook("drain", { ...hookArgs, lifecycleHookName: name });
    });
    trial.emulator.putHook(groupId, {
      lifecycle_hook_name: name,
      lifecycle_hook_type: hookArgs.lifecycleHookType,
      notification_topic_urn: topicUrn,
      default_timeout: 900,
    });
    expect((await trial.stack.up()).diagnostics.join()).toContain("import: hook");
    trial.emulator.putHook(groupId, { lifecycle_hook_name: name, default_timeout: 3600 });
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.sent()).not.toContain("POST");
  },
);

test("a look-up whose provider is not known yet rejects in a preview, and names the form that waits", async () => {
  await using trial = await Trial.start(async () => {
    const provider = new Provider("later", {
      region: pulumi.output(unknown) as unknown as pulumi.Output<string>,
    });
    await getLifecycleHook({ scalingGroupId: groupId, lifecycleHookName: "drain" }, { provider });
  });
  const preview = await trial.stack.preview();
  expect(preview.failed).toBe(true);
  expect(preview.text).toContain("use getLifecycleHookOutput");
});

test("a hook whose parent fails does not hang a program that goes on after an error", async () => {
  await using trial = await Trial.start(async () => {
    const parent = named("parent", "bad");
    new LifecycleHook("child", hookArgs, { parent });
  });
  const stop = trial.emulator.intercept(({ body }) =>
    body.includes('"bad"') ? { answer: { status: 400, body: { error: { code: "AS.9999" } } } } : undefined,
  );
  expect((await trial.stack.up({ continueOnError: true })).failed).toBe(true);
  stop();
});

test("an entry of LifecycleHooks takes options of its own, and keeps shared values over an undefined one", async () => {
  await using trial = await Trial.start(async () => {
    new LifecycleHooks("web", {
      scalingGroupId: groupId,
      notificationTopicUrn: hookArgs.notificationTopicUrn,
      defaultTimeout: 900,
      hooks: {
        drain: {
          lifecycleHookType: "INSTANCE_TERMINATING",
          lifecycleHookName: "by-hand",
          defaultTimeout: undefined,
          opts: { import: `${groupId}/by-hand` },
        },
      },
    });
  });
  trial.emulator.putHook(groupId, {
    lifecycle_hook_name: "by-hand",
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    notification_topic_urn: hookArgs.notificationTopicUrn,
    default_timeout: 900,
  });
  expect((await trial.stack.up()).failed).toBe(false);
  expect(trial.sent().filter((method) => method !== "GET")).toEqual([]);
});
