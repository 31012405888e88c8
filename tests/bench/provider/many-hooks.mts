import type { Bench } from "../bench.mts";
import { amount, compared, type Figure, seconds } from "../figure.mts";
import { inTurns } from "../statistics.mts";
import { type HooksStack, TestBed } from "./bed.mts";
import type { Kind } from "./programs.mts";
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
  /** What runs it besides ours and the provider that does nothing. */
  readonly others?: readonly Kind[];
  /** How often it can be run: what changes nothing, more than once. */
  readonly runs?: number;
}

const token = "token-of-the-bench";

/** The life of a stack. */
const steps: readonly Step[] = [
  { name: "preview", operation: "preview", requests: 0, runs: 3 },
  { name: "up", operation: "up", requests: hooks, others: ["usual", "listing"] },
  { name: "up without a change", operation: "up", requests: 0, runs: 3 },
  { name: "refresh", operation: "refresh", requests: groups, others: ["listing"], runs: 7 },
  { name: "update", operation: "up", defaultTimeout: 7200, requests: hooks },
  { name: "destroy", operation: "destroy", requests: hooks },
];

export const manyHooks: Bench = {
  name: "provider/many-hooks",
  about: `a program with ${hooks} hooks in ${groups} groups, beside the same whose provider does nothing`,
  async run({ thoroughness }) {
    await using bed = await TestBed.create({ groups, authToken: token });
    const lives: Life[] = [];
    for (let round = 0; round < 2 * thoroughness; round++) lives.push(await live(bed, round % 2 === 1));
    return steps.flatMap((step) => figuresOf(step, lives));
  },
};

/** The seconds of each run of a step, by kind, and the most requests that ours sent in one. */
interface Outcome {
  readonly times: Readonly<Partial<Record<Kind, number[]>>>;
  readonly requests: number;
}
type Life = ReadonlyMap<Step, Outcome>;

/** One life of a stack of each kind, step by step side by side. */
async function live(bed: TestBed, backwards: boolean): Promise<Life> {
  await bed.emulator.empty();
  const { url, projectId } = bed.emulator.place;
  const listing = { LISTING_URL: url, LISTING_PROJECT: projectId, LISTING_TOKEN: token };
  const stacks: Partial<Record<Kind, HooksStack>> = {
    ours: await bed.stack("ours"),
    nothing: await bed.stack("nothing"),
    usual: await bed.stack("usual"),
    listing: await bed.stack("listing", listing),
  };
  const life = new Map<Step, Outcome>();
  for (const step of steps) {
    let requests = 0;
    const measure = (kind: Kind) => async () => {
      await bed.emulator.requests();
      const time = (await stacks[kind]?.run(step.operation, hooks, step.defaultTimeout)) ?? Number.NaN;
      const { POST, GET, PUT, DELETE, refused } = await bed.emulator.requests();
      if (kind === "ours") requests = Math.max(requests, POST + GET + PUT + DELETE + refused);
      return time;
    };
    const kinds: Kind[] = ["ours", "nothing", ...(step.others ?? [])];
    if (backwards) kinds.reverse();
    const measurements = Object.fromEntries(kinds.map((kind) => [kind, measure(kind)]));
    const times = await inTurns(step.runs ?? 1, measurements);
    life.set(step, { times, requests });
  }
  return life;
}

function figuresOf(step: Step, lives: readonly Life[]): Figure[] {
  const outcomes = lives.flatMap((life) => life.get(step) ?? []);
  const of = (kind: Kind) => outcomes.flatMap(({ times }) => times[kind] ?? []);
  const beside = (what: string, kind: Kind, baseline: Kind, atMost?: number): Figure =>
    compared(
      `${hooks} hooks, ${step.name}${what}`,
      [of(kind), of(baseline)],
      seconds,
      atMost === undefined ? undefined : { atMost },
    );
  const requests = Math.max(...outcomes.map((outcome) => outcome.requests));
  return [
    beside("", "ours", "nothing", 1.1),
    ...(step.name === "up" ? [beside(", beside the usual way", "ours", "usual", 0.6)] : []),
    ...(step.name === "refresh" ? [beside(", of bare lists alone", "listing", "nothing")] : []),
    amount(`${hooks} hooks, ${step.name}: requests`, requests, "", { atMost: step.requests }),
  ];
}
