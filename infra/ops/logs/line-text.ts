import { printable, printableText } from '../../command-line/printable.ts';
import type { Screen } from '../../command-line/screen.ts';
import { entryOf, type LogLine } from './function-logs.ts';

const COLOURS = { WARN: 'yellow', ERROR: 'red' } as const;

/** Formats a line for people: `<time> <level> <message> <field>=<value> …`; any other line stays as it is. */
export function lineText(line: LogLine, { style }: Screen): string {
  const entry = entryOf(line);
  if (entry === undefined) return `${line.at} ${printableText(line.text)}`;
  const { timestamp, level, message, ...fields } = entry;
  const colour = Object.entries(COLOURS).find(([name]) => name === level)?.[1];
  const shown = level.padEnd('ERROR'.length);
  const values = Object.entries(fields).map(([name, value]) => printable(`${name}=${String(value)}`));
  return [timestamp, colour === undefined ? shown : style(colour, shown), printable(message), ...values].join(
    ' ',
  );
}
