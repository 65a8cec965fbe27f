import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { Command, OTHER_ACCOUNT, OWN_ACCOUNT, perform } from './commands.ts';
import type { AccountHabits } from './model/book.ts';
import type { Moment } from './model/events.ts';
import { createModel, type ModelOptions } from './model/model.ts';

const Entry = z.object({
  /** Unix milliseconds. */
  at: z.number(),
  command: Command,
});
export type Entry = z.infer<typeof Entry>;

/** Changes of the books, which outlive a restart. */
export interface BookJournal {
  /** Those of earlier runs, oldest first. */
  readonly entries: readonly Entry[];
  append(entry: Entry): void;
}

export const NO_JOURNAL: BookJournal = { entries: [], append: () => {} };

/**
 * Opens a file with a line for each change, or makes it.
 *
 * @throws Error when it holds something else.
 */
export function openBookJournal(file: string): BookJournal {
  mkdirSync(dirname(file), { recursive: true });
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // A process that was killed may have written a part of the last line.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) writeFileSync(file, whole);
  return {
    entries: whole
      .split('\n')
      .slice(0, -1)
      .map((line) => Entry.parse(JSON.parse(line))),
    append: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`),
  };
}

/** Rows in one answer of enriched transactions, unless fewer are asked for. */
export const PAGE_ROWS = 500;

/** The books of Ocrolus, with those of earlier runs. */
export function openBooks(
  journal: BookJournal,
  {
    habits,
    ...options
  }: Omit<ModelOptions, 'accounts'> & { readonly habits: Partial<Omit<AccountHabits, 'name'>> },
) {
  const account = { vocabulary: 'legacy', pageLimit: PAGE_ROWS, ...habits } as const;
  let time: number | undefined;
  const model = createModel({
    ...options,
    accounts: [OWN_ACCOUNT, OTHER_ACCOUNT].map((name) => ({ ...account, name })),
    now: () => time ?? options.now(),
  });
  /** The time stands still meanwhile. */
  const performAt = (at: number, command: Command): Moment[] => {
    time = at;
    try {
      return perform(model, command);
    } finally {
      time = undefined;
    }
  };
  for (const { at, command } of journal.entries) performAt(at, command);
  return {
    model,
    /** @returns what Ocrolus would announce. @throws Error where it cannot happen now. */
    change(command: Command): Moment[] {
      const at = options.now();
      const moments = performAt(at, command);
      journal.append({ at, command });
      return moments;
    },
  };
}
