import type { Envelope } from './envelope.ts';

/**
 * Serialises for SQS: JSON in ASCII, everything else escaped. SQS refuses U+FFFE and U+FFFF anywhere in a message
 * although JSON allows them (AWS: SendMessage), and not every SQS-compatible queue accepts characters
 * beyond U+FFFF. @returns text with as many bytes as characters.
 */
export function toQueueText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function serialiseEnvelope(envelope: Envelope): string {
  return toQueueText(envelope);
}

/**
 * `MessageGroupId` of a standard queue: SQS serves groups fairly, so a book of 2,000 documents does not
 * starve the others. At most 128 characters of letters, digits and ASCII punctuation (AWS: SendMessage).
 */
export function messageGroupId(envelope: Pick<Envelope, 'account' | 'ids'>): string {
  const group = envelope.ids.bookUuid ?? envelope.ids.bookPk ?? envelope.account;
  return group.replace(/[^\x21-\x7e]/g, '_').slice(0, 128);
}
