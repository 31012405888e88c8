import process from "node:process";
import { styleText } from "node:util";
import type { RequestLogEntry } from "pulumi-huaweicloud-as/emulator";
import type { Change, Kind, Seen } from "./seen.mts";
import type { Step } from "./steps.mts";
import { table } from "./table.mts";

type Style = "bold" | "dim" | "green" | "yellow" | "red";

/** A step that has been taken. */
export interface Result {
  readonly step: Step;
  readonly seen: Seen;
  readonly faults: readonly string[];
  readonly seconds: number;
}

const looks: Readonly<Record<Kind, { symbol: string; style: Style; done: string }>> = {
  create: { symbol: "+", style: "green", done: "created" },
  update: { symbol: "~", style: "yellow", done: "updated" },
  replace: { symbol: "±", style: "yellow", done: "replaced" },
  delete: { symbol: "-", style: "red", done: "deleted" },
  drift: { symbol: "≠", style: "yellow", done: "drifted" },
  event: { symbol: "·", style: "dim", done: "scaled out and in" },
  error: { symbol: "✗", style: "red", done: "refused" },
};

export function opening(steps: number, engine: string, api: string, groupId: string): string {
  return [
    paint("bold", `A tour of LifecycleHook, in ${steps} steps\n`),
    section("Program", "examples/quickstart: two lifecycle hooks on a scaling group"),
    section("Engine", `Pulumi ${engine}, its state in a temporary folder`),
    section("API", `a local Auto Scaling API, ${api}, with made-up credentials`, `scaling group ${groupId}`),
  ].join("\n");
}

/** What is about to happen. */
export function heading({ name, story, elsewhere, config, operation }: Step, number: number): string {
  const assigned = ([key, value]: [string, unknown]) => `${key} = ${JSON.stringify(value)}`;
  const assignments = (values: object) => Object.entries(values).map(assigned).join(", ");
  const { lifecycle_hook_name: hook, ...changed } = elsewhere ?? {};
  return [
    paint("bold", `\n${number}. ${name}`),
    `   ${story}\n`,
    ...(hook === undefined ? [] : [section("Elsewhere", `${hook}: ${assignments(changed)}`)]),
    ...(config === undefined ? [] : [section("Config", assignments(config))]),
    operation === "scale"
      ? section("Scale", "from 0 instances to 1, and back to 0")
      : section("Command", `pulumi ${operation}`),
  ].join("\n");
}

/** What came of it. */
export function account({ step, seen, faults, seconds }: Result): string {
  return [
    section(step.operation === "scale" ? "Cloud" : "Pulumi", ...table(seen.changes.flatMap(changeRows))),
    section("API", ...table(seen.requests.length === 0 ? [["no request"]] : seen.requests.map(requestRow))),
    faults.length === 0
      ? paint("green", `   ✓ ${step.verdict} (${seconds.toFixed(1)} s)`)
      : paint("red", [`   ✗ should have been: ${step.verdict}`, ...faults].join("\n     ")),
  ].join("\n");
}

function changeRows({ resource, kind, detail }: Change): string[][] {
  const { symbol, style } = looks[kind];
  if (kind === "event") return [[paint(style, symbol), ...detail.split(/(?<=:) /)]];
  // Lines of at most 84 characters.
  const [first = "", ...more] = detail.match(/\S.{0,83}(?=\s|$)|\S+/g) ?? [];
  const start = [paint(style, symbol), resource, paint(style, kind), first];
  return [start, ...more.map((line) => ["", "", "", line])];
}

/** Without what all paths begin with, and with the first digits of UUIDs. */
function requestRow({ method, path, status = 0, code, body }: RequestLogEntry): string[] {
  const short = path
    .replace(/^\/autoscaling-api\/v1\/[^/]+/, "…")
    .replace(/(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "…");
  // The path of a create does not name the hook.
  const remark = code ?? /"lifecycle_hook_name":"([^"]*)"/.exec(body)?.[1] ?? "";
  return [method, short, paint(status >= 200 && status < 300 ? "green" : "red", `${status}`), remark];
}

/** All steps at a glance; those that were not taken as well. */
export function closing(steps: readonly Step[], results: readonly Result[]): string {
  const titles = ["", "step", "changes", "requests", "seconds", "verdict"];
  const rows = steps.map((step, index) => [`${index + 1}.`, step.name, ...summary(results[index])]);
  const good = results.filter(({ faults }) => faults.length === 0).length;
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0).toFixed(0);
  return [
    "",
    ...table([titles, ...rows], new Set([0, 4])),
    "",
    good === steps.length
      ? `${paint("green", `✓ All ${good} steps were as they should be, in ${seconds} s.`)}\nNext: examples/README.md, for stacks of your own, against the local API or your account.`
      : paint("red", `✗ ${good} of ${steps.length} steps were as they should be.`),
  ].join("\n");
}

function summary(result: Result | undefined): string[] {
  if (result === undefined) return ["not taken", "", "", "–"];
  const { step, seen, seconds, faults } = result;
  // A resource has changed once, however many of its properties have; each error counts.
  const changes = new Map(
    seen.changes.map((each) => [each.kind === "error" ? each : each.resource, each.kind]),
  );
  const isPlan = step.operation === "preview";
  const word = (kind: Kind) => (isPlan && kind !== "error" ? `to ${kind}` : looks[kind].done);
  return [
    counts([...changes.values()].map(word)) || "no change",
    counts(seen.requests.map(({ method }) => method)) || "none",
    seconds.toFixed(1),
    faults.length === 0 ? paint("green", "✓") : paint("red", "✗"),
  ];
}

/** `1 GET, 2 POST` */
function counts(words: readonly string[]): string {
  const count = (word: string) => words.filter((each) => each === word).length;
  return [...new Set(words)].map((word) => `${count(word)} ${word}`).join(", ");
}

/** Lines with a label before the first. */
function section(label: string, ...lines: readonly string[]): string {
  return lines.map((line, index) => `   ${(index === 0 ? label : "").padEnd(11)}${line}`).join("\n");
}

/** Colours only what a terminal shows, and not where NO_COLOR is set. */
function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
