import { PLAIN, printable, type Screen } from './screen.ts';

type Row = readonly string[];

const GAP = '  ';

/** Minimum width of a column that is cut, so that it stays readable. */
const LEAST_WIDTH = 12;

/** A value to copy, such as an id or a time, which is useless if cut. */
const WHOLE = /^(?=.*\d)[\w.:#@-]{20,}$/;

/**
 * Formats rows of text in columns as wide as needed. On a narrow screen, long texts are cut; if that is not enough,
 * each row becomes a block with a line per column, in which nothing is cut. Cells are made printable, and have no
 * colours.
 */
export function tableText(header: Row, values: readonly Row[], screen: Screen = PLAIN): string {
  const rows = values.map((row) => row.map(printable));
  const widths = fitWidths(header, rows, rows.length === 0 ? Number.POSITIVE_INFINITY : screen.width);
  if (widths === undefined) return rows.map((row) => block(header, row, screen)).join('\n\n');
  const line = (row: Row) =>
    row
      .map((cell, column) => cut(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  return [screen.style('bold', line(header)), ...rows.map(line)].join('\n');
}

/** A table, or a note if there are no rows. */
export function tableOrNote(
  header: Row,
  rows: readonly Row[],
  { screen, note }: { readonly screen: Screen; readonly note: string },
): string {
  return rows.length === 0 ? note : tableText(header, rows, screen);
}

/** @returns `undefined` if the columns do not fit. */
function fitWidths(header: Row, rows: readonly Row[], width: number): number[] | undefined {
  const widths = header.map((_, column) => longest([header, ...rows], column));
  const least = header.map((title, column) =>
    rows.some((row) => WHOLE.test(row[column] ?? ''))
      ? (widths[column] ?? 0)
      : Math.min(widths[column] ?? 0, Math.max(title.length, LEAST_WIDTH)),
  );
  let excess = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
  while (excess > 0) {
    const spare = widths.map((one, column) => one - (least[column] ?? 0));
    const most = Math.max(...spare);
    const column = spare.indexOf(most);
    if (most <= 0) return undefined;
    widths[column] = (widths[column] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function longest(rows: readonly Row[], column: number): number {
  return rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0);
}

function cut(cell: string, width: number): string {
  return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}

function block(header: Row, row: Row, { style }: Screen): string {
  const width = Math.max(...header.map(({ length }) => length));
  return header
    .map((title, column) => `${style('bold', title.padEnd(width))}${GAP}${row[column] ?? ''}`.trimEnd())
    .join('\n');
}

/** Comma-separated values (RFC 4180), with a header. */
export function csvText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n');
}

/** A spreadsheet computes a cell that begins like a formula; an apostrophe makes it text. */
function quoted(cell: string): string {
  const text = /^[=+@\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
