import type { UpgradedBook } from '../upgraded-book.ts';
import { FINISHED_BOOKS } from './books/finished.ts';
import { OPEN_BOOKS } from './books/open.ts';
import { SHAPED_BOOKS } from './books/shaped.ts';
import { UNKNOWN_BOOKS } from './books/unknown.ts';

/** The accounts that are served when the fixture ends. An account `west` was served until a day before. */
export const ACCOUNTS = ['north', 'south'] as const;

/** End of the fixture: the last functions of version 0.1.0 have stopped a minute before. */
export const FIXTURE_AT = Date.UTC(2026, 2, 2, 8);

export const UPGRADED_BOOKS: readonly UpgradedBook[] = [
  ...FINISHED_BOOKS,
  ...OPEN_BOOKS,
  ...SHAPED_BOOKS,
  ...UNKNOWN_BOOKS,
];
