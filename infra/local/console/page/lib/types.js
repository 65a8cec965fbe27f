/**
 * Types of the server's answers, from its own code.
 *
 * @typedef {import('../../views/snapshot.ts').Snapshot} Snapshot
 * @typedef {import('../../views/delivery-list.ts').DeliveryRow} DeliveryRow
 * @typedef {NonNullable<Awaited<ReturnType<typeof import('../../views/book-page.ts').bookPage>>>} BookPage
 * @typedef {NonNullable<Awaited<ReturnType<typeof import('../../views/delivery-page.ts').deliveryPage>>>}
 * DeliveryPage
 * @typedef {import('../../../../ops/dead-letters/describe.ts').Description} DeadLetter
 * @typedef {import('preact').ComponentChildren} Children
 */
export {};
