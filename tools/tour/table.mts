import { stripVTControlCharacters } from "node:util";

/** Aligns cells in columns, whatever their colours; those of the columns in `toTheRight` to the right. */
export function table(
  rows: readonly (readonly string[])[],
  toTheRight: ReadonlySet<number> = new Set(),
): string[] {
  const width = (cell = "") => stripVTControlCharacters(cell).length;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => width(row[column]))),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const padding = " ".repeat((widths[column] ?? 0) - width(cell));
      return toTheRight.has(column) ? padding + cell : cell + padding;
    });
    return cells.join("  ").trimEnd();
  });
}
