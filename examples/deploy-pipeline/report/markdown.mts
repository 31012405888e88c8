import type { Change } from "../engine/changes.mts";
import type { Summary } from "./summary.mts";
import { countOf, symbols } from "./words.mts";

/** A summary as a merge request's comment. */
export function markdownOf(summary: Summary): string {
  const { of, environment, commit, changes, unchanged, problems, warnings, notChecked } = summary;
  const title = of === "preview" ? "Plan" : "Drift";
  const at = commit === undefined ? "" : ` at ${code(commit.slice(0, 12))}`;
  const count = problems.length > 0 ? "failed" : `${countOf(changes)}, ${unchanged} unchanged`;
  return [
    `### ${title} of lifecycle hooks: ${environment}${at}\n`,
    `**${count}**\n`,
    ...(changes.length > 0 ? [table(changes)] : []),
    ...list("Problems", problems.map(code)),
    ...list("Warnings", warnings.map(code)),
    ...approvalText(summary),
    ...list("Not checked", notChecked),
    ...(of === "preview" && !summary.hasPlan && problems.length === 0
      ? ["This preview is for reading: it can't be applied.\n"]
      : []),
  ].join("\n");
}

function table(changes: readonly Change[]): string {
  const rows = changes.flatMap(({ kind, resource, properties }) => {
    const first = `| ${symbols[kind]} ${kind} | ${code(resource)}`;
    if (properties.length === 0) return [`${first} | | | |`];
    return properties.map(
      ({ name, before, after }, index) =>
        `${index === 0 ? first : "| |"} | ${code(name)} | ${code(before)} | ${code(after)} |`,
    );
  });
  return `| | resource | property | before | after |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [`**${title}**\n`, ...items.map((item) => `- ${item}`), ""];
}

function approvalText({ approval }: Summary): string[] {
  if (approval === undefined) return [];
  return [
    `**Approval needed**: hooks are replaced or deleted, and instances that start or stop meanwhile meet none. Apply with \`--approve ${approval}\` to approve exactly these.\n`,
  ];
}

/**
 * Any text as code, on one line. The values come from whoever opened the merge request: nothing in them may act as
 * Markdown or HTML, or end the cell.
 */
function code(text: string | undefined): string {
  if (text === undefined) return "";
  const line = text.replaceAll(/\s*\n\s*/g, " ⏎ ");
  const escaped = line.replaceAll(/[&<>|`\\]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<code>${escaped}</code>`;
}
