export type { ApiFault, FaultRule } from './http/faults.ts';
export { openBookJournal } from './journal.ts';
export type { Book, DocumentKind } from './model/book.ts';
export type { SimulatorOptions } from './options.ts';
export { fork, seeded } from './random.ts';
export { type Simulator, startSimulator } from './simulator.ts';
export type { BookSpec } from './specs.ts';
export type { Delivery, DeliveryFaults } from './webhooks/delivery.ts';
export { PING_BODY, signDelivery } from './webhooks/post.ts';
