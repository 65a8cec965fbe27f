import { isLater } from '../checklist/entry.ts';
import type { Design } from '../design.ts';
import type { Doc } from '../ocrolus/truth.ts';
import type { BookItem, DocItem, Page, Result } from './items.ts';

export interface TableCounts {
  writes: number;
  refused: number;
}

/** DynamoDB: each call is atomic. Items are never changed in place, so a read is a snapshot. */
export interface Table {
  readonly counts: TableCounts;
  book(): BookItem | undefined;
  docs(): ReadonlyMap<Doc, DocItem>;
  result(key: string): Result | undefined;
  pages(): readonly Page[];
  /** Written if `seen` is still what is stored. @returns what is stored, or `undefined` if it was refused. */
  putBook(seen: BookItem | undefined, next: BookItem): BookItem | undefined;
  putDoc(name: Doc, seen: DocItem | undefined, next: DocItem): DocItem | undefined;
  /** Written if `seen` is still what is stored. @returns whether it was. */
  putResult(key: string, seen: Result | undefined, next: Result): boolean;
  putPage(page: Page): void;
  deletePages(isDeleted: (page: Page) => boolean): void;
  /** The items of book and documents expire, while results stay. */
  expire(): void;
}

/** `onWrite` is called after each write. */
export function createTable(design: Design, onWrite: (item: string) => void): Table {
  let book: BookItem | undefined;
  let docs: ReadonlyMap<Doc, DocItem> = new Map();
  const results = new Map<string, Result>();
  let pages: readonly Page[] = [];
  const counts: TableCounts = { writes: 0, refused: 0 };

  const isRefused = (isChanged: boolean) => {
    counts.writes += 1;
    if (isChanged) counts.refused += 1;
    return isChanged;
  };

  return {
    counts,
    book: () => book,
    docs: () => docs,
    result: (key) => results.get(key),
    pages: () => pages,
    putBook(seen, next) {
      if (isRefused(seen?.revision !== book?.revision)) return undefined;
      book = { ...next, revision: (book?.revision ?? 0) + 1 };
      onWrite('BOOK');
      return book;
    },
    putDoc(name, seen, next) {
      const known = docs.get(name);
      if (isRefused(seen?.revision !== known?.revision)) return undefined;
      const doc = { ...next, revision: (known?.revision ?? 0) + 1 };
      docs = new Map([...docs, [name, doc]]);
      onWrite(name);
      return doc;
    },
    putResult(key, seen, next) {
      if (isRefused(seen !== results.get(key))) return false;
      results.set(key, next);
      onWrite(key);
      return true;
    },
    putPage(page) {
      const stored = pages.find(({ set, index }) => set === page.set && index === page.index);
      const kept = stored && { wanted: stored.answered, at: stored.at };
      if (isRefused(kept !== undefined && !isLater(design, { wanted: page.answered, at: page.at }, kept)))
        return;
      pages = [...pages.filter((one) => one !== stored), page].sort((a, b) => a.index - b.index);
      onWrite('rows');
    },
    deletePages(isDeleted) {
      counts.writes += 1;
      pages = pages.filter((page) => !isDeleted(page));
      onWrite('rows');
    },
    expire() {
      book = undefined;
      docs = new Map();
      onWrite('expired');
    },
  };
}
