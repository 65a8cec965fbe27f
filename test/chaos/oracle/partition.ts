import type { BookItem, DocumentItem, EventItem, ResultItem } from '../../../shared/store/items.ts';

/** What the table holds of one partition. */
export interface Partition {
  readonly bookId: string;
  book: BookItem | undefined;
  readonly documents: DocumentItem[];
  readonly results: ResultItem[];
  readonly events: EventItem[];
}
