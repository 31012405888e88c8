import { stripVTControlCharacters } from "node:util";

const gap = "  ";

/** Aligns cells in columns, however they are coloured; those of the columns in `toTheRight` to the right. */
export function table(
  rows: readonly (readonly string[])[],
  toTheRight: ReadonlySet<number> = new Set(),
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, width(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = " ".repeat((widths[column] ?? 0) - width(cell));
        return toTheRight.has(column) ? padding + cell : cell + padding;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** Breaks a text between words into lines of at most so many characters; a longer word gets a line of its own. */
export function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
