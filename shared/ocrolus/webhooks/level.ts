import { isSamePlace } from './endpoint.ts';

/** Levels of registration. Ocrolus delivers for only one of them (docs/ocrolus.md#levels: observed). */
export const LEVELS = ['account', 'organization'] as const;

export type Level = (typeof LEVELS)[number];

/** The level that must be empty, since Ocrolus delivers for only one. */
export function otherLevel(level: Level): Level {
  return level === 'account' ? 'organization' : 'account';
}

/** Encodings of an account's registration: documents disagree (docs/ocrolus.md#registration-encoding). */
export const ENCODINGS = ['multipart', 'json'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** A webhook that is registered with Ocrolus. */
export interface Registered {
  /** At organization level only. */
  readonly uuid?: string;
  /** May carry credentials: never to be logged. */
  readonly url: string;
  /** In the catalog's spelling, if the catalog knows the name. */
  readonly events: readonly string[];
  /** False if it is switched off in the Dashboard, so that nothing is delivered. */
  readonly isActive: boolean;
}

/**
 * Result of a test call. `delivered` is only known at account level: an organization's answer shows that the call was
 * accepted (docs/ocrolus.md#organization-level). `message` is Ocrolus's, without URLs.
 */
export type TestOutcome =
  | { readonly ok: true; readonly result: 'delivered' | 'accepted' | 'nothing to test' }
  | { readonly ok: false; readonly message: string };

/**
 * The webhooks of one level: at most one for an account, up to five for an organization.
 *
 * @throws Failure, of the class of Ocrolus's answer.
 */
export interface WebhookLevel {
  readonly level: Level;
  /** Unix milliseconds by which everything must be answered. */
  readonly deadline: number;
  list(): Promise<readonly Registered[]>;
  /**
   * Registers `url` for `events`, in place of `existing` if given. At account level, the only webhook is replaced in
   * any case.
   *
   * @returns the webhook as Ocrolus has it now: names that it does not know may be missing.
   */
  put(wanted: DesiredWebhook, existing: Registered | undefined): Promise<Registered>;
  /** Takes effect with the next delivery. @param secret 16 to 128 characters. */
  setSecret(webhook: Registered, secret: string): Promise<void>;
  /** Makes Ocrolus call the webhook. At organization level, one without events has nothing to test. */
  test(webhook: Registered): Promise<TestOutcome>;
  remove(webhook: Registered): Promise<void>;
}

export type DesiredWebhook = Pick<Registered, 'url' | 'events' | 'isActive'>;

/** The webhook with this URL, credentials aside. @throws Failure */
export async function webhookAt(webhooks: WebhookLevel, url: string): Promise<Registered | undefined> {
  return (await webhooks.list()).find((webhook) => isSamePlace(webhook.url, url));
}
