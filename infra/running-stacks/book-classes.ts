/** How a simulated Ocrolus can process a book, named in requests to a running stack (docs/ocrolus.md#book-classes). */
export const BOOK_CLASSES = [
  'COMPLETE',
  'INSTANT',
  'INSTANT_CLASSIFY_ONLY',
  'INSTANT_CLASSIFY_ISO_CAPTURE',
] as const;

export type BookClass = (typeof BOOK_CLASSES)[number];
