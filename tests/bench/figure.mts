import { styleText } from "node:util";
import { table } from "../../tools/tour/table.mts";
import { median, ratio } from "./statistics.mts";

/** What was found out. */
export interface Figure {
  readonly what: string;
  readonly ours: string;
  readonly baseline: string;
  /** How ours compares with the baseline: their ratio, or what the limit is about. */
  readonly value: number;
  /** What the value counts. @default "×", a ratio */
  readonly unit?: string;
  /** What is to be reached; none where the figure is only for comparison. */
  readonly limit?: Limit;
}

type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** Something of ours beside a baseline, both measured in turns. `show` writes one measurement. */
export function compared(
  what: string,
  [ours, baseline]: readonly [readonly number[], readonly number[]],
  show: (value: number) => string,
  limit?: Limit,
): Figure {
  const value = ratio(ours, baseline);
  return { what, ours: show(median(ours)), baseline: show(median(baseline)), value, ...(limit && { limit }) };
}

/** Something of ours by itself. */
export function amount(what: string, value: number, unit: string, limit?: Limit): Figure {
  const figure = { what, ours: "", baseline: "", value, unit, ...(limit && { limit }) };
  return { ...figure, ours: `${shown(figure)} ${unit}`.trim() };
}

const heading = ["what", "ours", "baseline", "compared", "limit", ""];
const numbers = new Set([1, 2, 3, 4]);

export function figureTable(figures: readonly Figure[]): string[] {
  return table([heading, ...figures.map(row)], numbers);
}

/** By the value as it is shown; `undefined` where nothing is to be reached. */
export function isReached(figure: Figure): boolean | undefined {
  const { limit } = figure;
  if (limit === undefined) return undefined;
  const value = Number(shown(figure));
  return "atLeast" in limit ? value >= limit.atLeast : value <= limit.atMost;
}

function row(figure: Figure): string[] {
  const { what, ours, baseline, unit = "×", limit } = figure;
  const bound = limit === undefined ? "" : "atLeast" in limit ? `≥ ${limit.atLeast}` : `≤ ${limit.atMost}`;
  return [
    what,
    ours,
    baseline,
    `${shown(figure)} ${unit}`,
    limit === undefined ? "" : `${bound} ${unit}`,
    verdict(figure),
  ];
}

function shown({ value, unit = "×" }: Figure): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(unit === "×" ? 2 : 1);
}

function verdict(figure: Figure): string {
  const reached = isReached(figure);
  if (reached === undefined) return "";
  return reached ? styleText("green", "✓ reached") : styleText("red", "✗ missed");
}

/** `28,400/s` */
export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString("en")}/s`;
}

/** `8.42 s`, `870 ms`, `1.3 µs` */
export function seconds(value: number): string {
  if (value >= 2) return `${value.toFixed(2)} s`;
  if (value >= 0.002) return `${(value * 1e3).toFixed(value < 0.1 ? 1 : 0)} ms`;
  return `${(value * 1e6).toFixed(2)} µs`;
}

/** `1,234 B`, `12.3 KB`, `98.2 MB` */
export function bytes(value: number): string {
  if (value < 10_000) return `${Math.round(value).toLocaleString("en")} B`;
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} KB` : `${(value / 1e6).toFixed(1)} MB`;
}
