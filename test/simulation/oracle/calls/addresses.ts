/** How many calls it takes to ask once: a document's signals are under two addresses (shared/ocrolus/calls.ts). */
export const ADDRESSES: Readonly<Record<string, number>> = { 'doc-fraud-signals': 2 };
