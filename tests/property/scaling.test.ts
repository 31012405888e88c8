import fc from "fast-check";
import { expect, test } from "vitest";
import {
  currentInstances,
  type Effect,
  type Group,
  type GroupEvent,
  newGroup,
  nextMoment,
} from "../../sdk/emulator/autoscaling/group";
import { happen } from "../../sdk/emulator/autoscaling/scaling";
import { Refusal } from "../../sdk/emulator/http/refusals";
import { settingsOf } from "../../sdk/emulator/options";
import { hookNamed } from "../support/hanging-cloud";

const start = Date.parse("2026-01-02T03:04:05Z");
const { behaviour } = settingsOf({ launchTime: 120_000, removalTime: 20_000 });

const kinds = [
  ...(["tick", "tick", "resize", "resize", "resume", "pause", "complete", "complete", "complete"] as const),
  ...(["add", "remove", "protect", "enter-standby", "exit-standby", "fail", "delete-group"] as const),
];

/** Something to happen: an event is chosen of those that the group allows, after some time. */
interface Move {
  readonly kind: (typeof kinds)[number];
  readonly wait: number;
  readonly pick: number;
  readonly result: "CONTINUE" | "ABANDON" | "EXTEND";
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom(...kinds),
  wait: fc.constantFrom(0, 1, 5_000, 30_000, 90_000, 600_000),
  pick: fc.nat(20),
  result: fc.constantFrom("CONTINUE", "ABANDON", "EXTEND"),
});

function eventOf({ kind, pick, result }: Move, group: Group): GroupEvent {
  const picked = <One>(all: readonly One[]) => all[pick % Math.max(1, all.length)];
  const instances = [picked(group.instances)?.id ?? "none"];
  const actionKey = picked(group.hangs)?.key ?? "none";
  const callback = { result, actionKey, instanceId: undefined, hookName: undefined };
  const events: Partial<Record<Move["kind"], GroupEvent>> = {
    resize: { kind: "configure", sizes: { desire: pick % 7 }, fields: {} },
    complete: { kind: "complete", callback },
    add: { kind: "add", instances: [`server-${group.ids}`] },
    remove: { kind: "remove", instances, deletes: pick % 2 === 0 },
    "enter-standby": { kind: "enter-standby", instances, append: pick % 2 === 0 },
    "delete-group": { kind: "delete-group", force: pick === 0 },
  };
  return events[kind] ?? ({ kind, instances } as GroupEvent);
}

const hook = (
  name: string,
  type: "INSTANCE_LAUNCHING" | "INSTANCE_TERMINATING",
  default_result: "CONTINUE" | "ABANDON",
) => {
  const patch = hookNamed(name, type, { default_result, default_timeout: 60 + name.length });
  return { kind: "put-hook", patch } as const;
};

const hooks = fc.subarray([
  hook("a", "INSTANCE_LAUNCHING", "ABANDON"),
  hook("bb", "INSTANCE_LAUNCHING", "CONTINUE"),
  hook("ccc", "INSTANCE_TERMINATING", "ABANDON"),
  hook("dddd", "INSTANCE_TERMINATING", "CONTINUE"),
]);

/** Plays moves on a group and shows each state with what led to it. A refused event leaves the group as it was. */
function play(
  chosen: readonly GroupEvent[],
  moves: readonly Move[],
  look: (after: Group, effects: readonly Effect[], now: number) => void = () => {},
): Group {
  let now = start;
  let group = newGroup("g", start, { min: 0, desire: 0, max: 6 });
  const step = (event: GroupEvent) => {
    const next = happen(group, event, now, behaviour);
    group = next.group;
    look(group, next.effects, now);
    return next.effects.some(({ kind }) => kind === "group-gone");
  };
  for (const event of chosen) step(event);
  for (const one of moves) {
    now += one.wait;
    let isGone = step({ kind: "tick" });
    if (!isGone) {
      try {
        isGone = step(eventOf(one, group));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
    if (isGone) break;
  }
  return group;
}

function holds(look: Parameters<typeof play>[2]): void {
  fc.assert(
    fc.property(hooks, fc.array(move, { maxLength: 40 }), (chosen, moves) => {
      play(chosen, moves, look);
    }),
    { numRuns: 400 },
  );
}

test("an instance gets into service only after each launching hook held it, and goes only after each terminating hook did", () => {
  const waited = new Map<string, string[]>();
  const typeBefore = { bind: "INSTANCE_LAUNCHING", delete: "INSTANCE_TERMINATING" };
  holds((group, effects) => {
    for (const effect of effects) {
      if (effect.kind !== "hang" && effect.kind !== "step") continue;
      const { id, failed } = effect.instance;
      const held = waited.get(id) ?? [];
      if (effect.kind === "hang") {
        waited.set(id, [...held, effect.hang.hookName]);
      } else if (effect.step === "create") {
        waited.delete(id);
      } else if ((effect.step === "bind" || effect.step === "delete") && !failed) {
        const type = typeBefore[effect.step];
        const due = group.hooks.filter((one) => one.lifecycle_hook_type === type);
        expect(held).toEqual(expect.arrayContaining(due.map((one) => one.lifecycle_hook_name)));
      }
    }
  });
});

test("no hook holds an instance past its deadline, and nothing is due that has not happened", () => {
  holds((group, _, now) => {
    for (const hang of group.hangs) if (hang.status === "HANGING") expect(hang.deadline).toBeGreaterThan(now);
    expect(nextMoment(group) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
  });
});

test("an instance waits exactly while a hook holds it", () => {
  holds(({ instances, hangs }) => {
    for (const { id, step } of instances) {
      const isHeld = hangs.some((hang) => hang.instanceId === id && hang.status === "HANGING");
      expect(isHeld).toBe(step === "launch-hooks" || step === "removal-hooks");
    }
    for (const { instanceId } of hangs) expect(instances.map(({ id }) => id)).toContain(instanceId);
  });
});

test("the numbers add up: the sizes are in order, no id is there twice, and without an activity an enabled group has what it desires", () => {
  holds((group) => {
    const { min, desire, max, instances, status, activity } = group;
    expect(min <= desire && desire <= max).toBe(true);
    expect(new Set(instances.map(({ id }) => id)).size).toBe(instances.length);
    expect(currentInstances(group).length).toBeLessThanOrEqual(instances.length);
    const isMoving = instances.some(({ step }) => step !== "serve" && step !== "standby");
    expect(isMoving).toBe(activity !== undefined && isMoving);
    const isStuck = instances.some((one) => one.protected || one.step === "standby");
    if (status === "INSERVICE" && activity === undefined && !isStuck) expect(instances).toHaveLength(desire);
  });
});

test("an activity counts what it did: what came, what went and what was abandoned", () => {
  holds((group, effects) => {
    for (const effect of effects) {
      if (effect.kind !== "activity" || effect.activity.end === undefined) continue;
      const { added, removed, deleted, abandoned, failed, count } = effect.activity;
      const isStandby = effect.activity.type.endsWith("STANDBY");
      expect(added.length + removed.length + abandoned.length).toBe(isStandby ? 0 : count);
      expect(failed).toBe(abandoned.length > 0);
      expect(deleted.length).toBeLessThanOrEqual(removed.length + abandoned.length);
    }
    expect(group.ended.length).toBeLessThanOrEqual(1000);
  });
});

test("a launch that is abandoned begins anew as long as the group is in service, and pausing ends that", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (count, rounds) => {
      let now = start;
      let group = newGroup("g", start, { min: 0, desire: count, max: 6 });
      const step = (event: GroupEvent) => {
        group = happen(group, event, now, behaviour).group;
      };
      step(hook("a", "INSTANCE_LAUNCHING", "ABANDON"));
      step({ kind: "resume" });
      const round = behaviour.launchTime * 0.75 + 61_000 + behaviour.removalTime * 0.75;
      for (let index = 1; index <= rounds; index++) {
        now += round;
        step({ kind: "tick" });
        expect(group.ended.filter(({ failed }) => failed)).toHaveLength(index);
        expect(group.instances.map((one) => one.step)).toEqual(Array(count).fill("create"));
      }
      step({ kind: "pause" });
      now += 10 * round;
      step({ kind: "tick" });
      expect(group).toMatchObject({ instances: [], activity: undefined });
    }),
  );
});

test("the same events give the same group, however the time between them is looked at", () => {
  fc.assert(
    fc.property(hooks, fc.array(move, { maxLength: 30 }), (chosen, moves) => {
      const halves = moves.flatMap((one) => [
        { ...one, kind: "tick" as const, wait: Math.floor(one.wait / 2) },
        { ...one, wait: Math.ceil(one.wait / 2) },
      ]);
      expect(play(chosen, halves)).toEqual(play(chosen, moves));
    }),
  );
});
