export type { Announce } from './announcer.ts';
export type { CallRecord } from './http/calls.ts';
export { API_FAULTS, type ApiFault, type FaultRule, type Faults } from './http/faults.ts';
export type { Tokens } from './http/token.ts';
export type { SimulatorOptions } from './options.ts';
export { PING_BODY } from './routes/ping.ts';
export { type SignedParts, signDelivery } from './sign.ts';
export type { Simulator } from './simulator.ts';
export { startSimulator } from './start.ts';
export type {
  AnalyticsRequest,
  Book,
  BookStatus,
  Business,
  CopyJob,
  DetectResult,
  Document,
  DocumentKind,
  DocumentStatus,
  MixedDocument,
} from './state/book.ts';
export { openBookFiles } from './state/book-files.ts';
export { seeded } from './state/random.ts';
export type { BookSpec, DocumentSpec } from './state/specs.ts';
export type { Expected, ExpectedAnswer, ExpectedDocument, ExpectedOperation } from './truth.ts';
export type { Attempt } from './webhooks/attempt.ts';
export type { Delivery, Outcome } from './webhooks/delivery.ts';
export type { DeliveryFate, DeliveryFaults, DeliveryOdds } from './webhooks/delivery-faults.ts';
export type { Vocabulary } from './webhooks/events.ts';
export { OTHER_EVENTS, type OtherEventName } from './webhooks/other-events.ts';
