import { isSamePlace } from './endpoint.ts';

/** Where a webhook is registered. Ocrolus delivers for one kind only (docs/ocrolus.md#levels: observed). */
export const LEVELS = ['account', 'organization'] as const;

export type Level = (typeof LEVELS)[number];

/** The one that must be empty, since Ocrolus delivers for one kind only. */
export function otherLevel(level: Level): Level {
  return level === 'account' ? 'organization' : 'account';
}

/** How the registration of an account is encoded: documents disagree (docs/ocrolus.md#registration-encoding). */
export const ENCODINGS = ['multipart', 'json'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** A webhook as Ocrolus has it. */
export interface Registered {
  /** At organization level only. */
  readonly uuid?: string;
  /** May carry credentials: never to be logged. */
  readonly url: string;
  /** In the catalog's spelling where the catalog knows them. */
  readonly events: readonly string[];
  /** Switched off in the Dashboard: nothing is delivered. */
  readonly isActive: boolean;
}

/** What a test call said. `message` is Ocrolus's, without URLs. */
export type TestOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/**
 * The webhooks of one level: one at most for an account, up to five for an organization.
 *
 * @throws Failure, of the class that Ocrolus's answer means.
 */
export interface WebhookLevel {
  readonly level: Level;
  /** Unix milliseconds by which everything must be answered. */
  readonly deadline: number;
  list(): Promise<readonly Registered[]>;
  /**
   * Registers `url` for `events`, in place of `existing` when given. At account level the one webhook is
   * replaced in any case.
   *
   * @returns what Ocrolus has now: names that it does not know may be missing.
   */
  put(wanted: DesiredWebhook, existing: Registered | undefined): Promise<Registered>;
  /** Takes effect with the next delivery. @param secret 16 to 128 characters. */
  setSecret(webhook: Registered, secret: string): Promise<void>;
  /** Makes Ocrolus call the webhook. */
  test(webhook: Registered): Promise<TestOutcome>;
  remove(webhook: Registered): Promise<void>;
}

export type DesiredWebhook = Pick<Registered, 'url' | 'events' | 'isActive'>;

/** The webhook that points to a place. @throws Failure */
export async function webhookAt(webhooks: WebhookLevel, url: string): Promise<Registered | undefined> {
  return (await webhooks.list()).find((webhook) => isSamePlace(webhook.url, url));
}
