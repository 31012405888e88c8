import { stripVTControlCharacters } from "node:util";

/** Aligns cells in columns, whatever their colours; those of the columns in `toTheRight` to the right. */
export function table(rows: readonly (readonly string[])[], toTheRight = new Set<number>()): string[] {
  const width = (cell = "") => stripVTControlCharacters(cell).length;
  const widest = (column: number) => Math.max(...rows.map((row) => width(row[column])));
  const padded = (cell: string, column: number) => {
    const padding = " ".repeat(widest(column) - width(cell));
    return toTheRight.has(column) ? padding + cell : cell + padding;
  };
  return rows.map((row) => row.map(padded).join("  ").trimEnd());
}
