import type { RequestLogEntry } from "pulumi-huaweicloud-as/emulator";
import type { Change, ChangeKind, Problem } from "./changes.mts";
import { countByMethod, hookNameIn, shortPath } from "./requests.mts";
import type { Step } from "./step.mts";
import { table, wrap } from "./table.mts";
import type { Seen } from "./verdict.mts";

/** How a piece of text is to look. */
type Style = "bold" | "dim" | "green" | "yellow" | "red";
/** Gives text a style, on what can show it. */
export type Paint = (style: Style, text: string) => string;

/** A step that has been taken. */
export interface Result {
  readonly step: Step;
  readonly seen: Seen;
  /** What is not as it should be. */
  readonly differences: readonly string[];
  readonly seconds: number;
}

export interface Scene {
  readonly program: string;
  readonly engine: string;
  readonly api: string;
  readonly groupId: string;
}

const indent = "   ";
const labelWidth = 11;
/** Columns, for what has to be broken into lines. */
const messageWidth = 84;

const looks: Readonly<Record<ChangeKind, { symbol: string; style: Style; done: string }>> = {
  create: { symbol: "+", style: "green", done: "created" },
  update: { symbol: "~", style: "yellow", done: "updated" },
  replace: { symbol: "±", style: "yellow", done: "replaced" },
  delete: { symbol: "-", style: "red", done: "deleted" },
  drift: { symbol: "≠", style: "yellow", done: "drifted" },
  unchanged: { symbol: "=", style: "dim", done: "unchanged" },
};

export function opening({ program, engine, api, groupId }: Scene, steps: number, paint: Paint): string {
  return [
    paint("bold", `A tour of LifecycleHook, in ${steps} steps`),
    "",
    ...section("Program", [`${program}: two lifecycle hooks on a scaling group`]),
    ...section("Engine", [`Pulumi ${engine}, its state in a temporary folder`]),
    ...section("API", [
      `a local Auto Scaling API, ${api}, with made-up credentials`,
      `scaling group ${groupId}`,
    ]),
  ].join("\n");
}

/** What is about to happen. */
export function heading(
  { name, story, elsewhere, config, operation }: Step,
  number: number,
  paint: Paint,
): string {
  const { lifecycle_hook_name: hook, ...changed } = elsewhere ?? {};
  return [
    "",
    paint("bold", `${number}. ${name}`),
    `${indent}${story}`,
    "",
    ...(hook === undefined ? [] : section("Elsewhere", [`${hook}: ${assignments(changed)}`])),
    ...(config === undefined ? [] : section("Config", [assignments(config)])),
    ...section("Command", [`pulumi ${operation}`]),
  ].join("\n");
}

/** What came of it. */
export function account({ step, seen, differences, seconds }: Result, paint: Paint): string {
  const { inWords } = step.expected;
  const time = paint("dim", `(${seconds.toFixed(1)} s)`);
  const asItShould = differences.length === 0;
  return [
    ...section("Pulumi", pulumiLines(seen, paint)),
    ...section("API", requestLines(seen.requests, paint)),
    asItShould
      ? `${indent}${paint("green", `✓ ${inWords}`)} ${time}`
      : `${indent}${paint("red", `✗ should have been: ${inWords}`)} ${time}`,
    ...differences.map((difference) => `${indent}  ${paint("red", difference)}`),
  ].join("\n");
}

/** All steps at a glance; those that were not taken as well. */
export function closing(steps: readonly Step[], results: readonly Result[], paint: Paint): string {
  const rows = steps.map((step, index) => {
    const result = results[index];
    const start = [`${index + 1}.`, step.name];
    if (result === undefined) return [...start, paint("dim", "not taken"), "", "", paint("dim", "–")];
    return [
      ...start,
      summary(result),
      countByMethod(result.seen.requests),
      result.seconds.toFixed(1),
      result.differences.length === 0 ? paint("green", "✓") : paint("red", "✗"),
    ];
  });
  const titles = ["", "step", "changes", "requests", "seconds", "verdict"].map((title) =>
    paint("dim", title),
  );
  const good = results.filter(({ differences }) => differences.length === 0).length;
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  const allGood = good === steps.length;
  return [
    "",
    ...table([titles, ...rows], new Set([0, 4])),
    "",
    allGood
      ? paint("green", `✓ All ${good} steps were as they should be, in ${seconds.toFixed(0)} s.`)
      : paint("red", `✗ ${good} of ${steps.length} steps were as they should be.`),
    ...(allGood ? [next] : []),
  ].join("\n");
}

const next =
  "Next: run `npx huaweicloud-as-emulator` in another terminal and `pulumi up` here, or use your own account: README.md.";

function pulumiLines({ changes, problems }: Seen, paint: Paint): string[] {
  // A program that is refused may or may not get as far as the hooks that are all right.
  const shown = problems.length === 0 ? changes : changes.filter(({ kind }) => kind !== "unchanged");
  const lines = [
    ...table(shown.flatMap((change) => changeRows(change, paint))),
    ...table(problems.flatMap((problem) => problemRows(problem, paint))),
  ];
  return lines.length === 0 ? [paint("dim", "nothing to report")] : lines;
}

function changeRows({ resource, kind, properties }: Change, paint: Paint): string[][] {
  const { symbol, style } = looks[kind];
  const start = [`${paint(style, symbol)} ${resource}`, paint(style, kind)];
  if (properties.length === 0) return [start];
  return properties.map(({ name, before, after }, index) => [
    ...(index === 0 ? start : ["", ""]),
    name,
    `${valueText(before)} → ${valueText(after)}`,
  ]);
}

function problemRows({ resource = "", message }: Problem, paint: Paint): string[][] {
  const lines = message.split("\n").flatMap((line) => wrap(line, messageWidth));
  return lines.map((line, index) => [index === 0 ? `${paint("red", "✗")} ${resource}` : "", line]);
}

function requestLines(requests: readonly RequestLogEntry[], paint: Paint): string[] {
  if (requests.length === 0) return [paint("dim", "no request")];
  return table(
    requests.map((request) => {
      const { method, status, code } = request;
      const isFine = status !== undefined && status < 300;
      return [
        method,
        shortPath(request),
        paint(isFine ? "green" : "red", String(status ?? "no answer")),
        code ?? paint("dim", hookNameIn(request) ?? ""),
      ];
    }),
  );
}

/** What Pulumi did, in the closing table. */
function summary({ step, seen }: Result): string {
  const { problems, changes } = seen;
  if (problems.length > 0) {
    return step.expected.refused === undefined
      ? "failed"
      : `refused, ${problems.length} problem${problems.length === 1 ? "" : "s"}`;
  }
  const counts = new Map<ChangeKind, number>();
  for (const { kind } of changes) if (kind !== "unchanged") counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const texts = [...counts].map(([kind, count]) =>
    step.operation === "preview" ? `${count} to ${kind}` : `${count} ${looks[kind].done}`,
  );
  return texts.join(", ") || "no change";
}

/** Lines with a label before the first. */
function section(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => indent + (index === 0 ? label : "").padEnd(labelWidth) + line);
}

function assignments(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${valueText(value)}`)
    .join(", ");
}

function valueText(value: unknown): string {
  return value === undefined ? "(none)" : JSON.stringify(value);
}
