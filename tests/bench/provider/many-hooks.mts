import type { Bench } from "../bench.mts";
import { type Figure, seconds } from "../figure.mts";
import { median, ratio } from "../statistics.mts";
import { TestBed } from "./bed.mts";
import type { Operation } from "./stack.mts";

const hooks = 300;
const groups = 60;

interface Step {
  readonly name: string;
  readonly operation: Operation;
  /** Of each hook in the program. */
  readonly defaultTimeout?: number;
  /** How many requests it may take. */
  readonly requests: number;
}

/** The life of a stack. */
const steps: readonly Step[] = [
  { name: "preview", operation: "preview", requests: 0 },
  { name: "up", operation: "up", requests: hooks },
  { name: "up without a change", operation: "up", requests: 0 },
  { name: "refresh", operation: "refresh", requests: groups },
  { name: "update", operation: "up", defaultTimeout: 7200, requests: hooks },
  { name: "destroy", operation: "destroy", requests: hooks },
];

type Kind = "ours" | "nothing" | "usual";

export const manyHooks: Bench = {
  name: "provider/many-hooks",
  about: `a program with ${hooks} hooks in ${groups} groups, beside the same whose provider does nothing`,
  async run({ thoroughness }) {
    await using bed = await TestBed.create({ groups });
    const lives: Life[] = [];
    for (let round = 0; round < 2 * thoroughness; round++) {
      lives.push(
        await live(bed, round % 2 === 0 ? ["ours", "nothing", "usual"] : ["usual", "nothing", "ours"]),
      );
    }
    return steps.flatMap((step) => figuresOf(step, lives));
  },
};

/** The seconds of each step, by kind, and the requests that ours sent in it. */
type Life = ReadonlyMap<Step, Readonly<Record<Kind, number>> & { readonly requests: number }>;

/** One life of a stack of each kind, step by step side by side. Of the usual way only `up` is compared. */
async function live(bed: TestBed, kinds: readonly Kind[]): Promise<Life> {
  await bed.emulator.empty();
  const stacks = {
    ours: await bed.stack("ours"),
    nothing: await bed.stack("nothing"),
    usual: await bed.stack("usual"),
  };
  const life = new Map<Step, Record<Kind, number> & { requests: number }>();
  for (const step of steps) {
    const outcome = { ours: Number.NaN, nothing: Number.NaN, usual: Number.NaN, requests: 0 };
    for (const kind of kinds) {
      if (kind === "usual" && step.name !== "up") continue;
      await bed.emulator.requests();
      outcome[kind] = await stacks[kind].run(step.operation, hooks, step.defaultTimeout);
      const { POST, GET, PUT, DELETE, refused } = await bed.emulator.requests();
      if (kind === "ours") outcome.requests = POST + GET + PUT + DELETE + refused;
    }
    life.set(step, outcome);
  }
  return life;
}

function figuresOf(step: Step, lives: readonly Life[]): Figure[] {
  const outcomes = lives.flatMap((life) => life.get(step) ?? []);
  const ours = outcomes.map((outcome) => outcome.ours);
  const compared = (what: string, kind: Kind, limit: number): Figure => {
    const baseline = outcomes.map((outcome) => outcome[kind]);
    return {
      what,
      ours: seconds(median(ours)),
      baseline: seconds(median(baseline)),
      value: ratio(ours, baseline),
      limit: { atMost: limit },
    };
  };
  const requests = Math.max(...outcomes.map((outcome) => outcome.requests));
  return [
    compared(`${hooks} hooks, ${step.name}`, "nothing", 1.1),
    ...(step.name === "up" ? [compared(`${hooks} hooks, up, beside the usual way`, "usual", 0.6)] : []),
    {
      what: `${hooks} hooks, ${step.name}: requests`,
      ours: String(requests),
      baseline: "",
      value: requests,
      unit: "",
      limit: { atMost: step.requests },
    },
  ];
}
