/** Lays rows out in columns, with the keys as the heading. */
export function textTable<Row extends Readonly<Record<string, string>>>(
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
): string {
  const width = (column: keyof Row & string) =>
    Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length));
  const line = (cell: (column: keyof Row & string) => string) =>
    columns
      .map((column) => cell(column).padEnd(width(column)))
      .join('  ')
      .trimEnd();
  return [
    line((column) => column),
    line((column) => '-'.repeat(width(column))),
    ...rows.map((row) => line((column) => row[column] ?? '')),
  ].join('\n');
}
