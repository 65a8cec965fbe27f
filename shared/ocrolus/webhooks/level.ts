/** Where a webhook is registered. Ocrolus delivers for one kind only (docs/ocrolus.md#levels: observed). */
export const LEVELS = ['account', 'organization'] as const;

export type Level = (typeof LEVELS)[number];

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
 * The webhooks of one level: one at most for an account, up to five for an organization. Deadlines are Unix
 * milliseconds.
 *
 * @throws Failure, of the class that Ocrolus's answer means.
 */
export interface WebhookLevel {
  readonly level: Level;
  list(deadline: number): Promise<readonly Registered[]>;
  /**
   * Registers `url` for `events`, in place of `existing` when given. At account level the one webhook is
   * replaced in any case.
   *
   * @returns what Ocrolus has now: names that it does not know may be missing.
   */
  put(
    wanted: Pick<Registered, 'url' | 'events' | 'isActive'>,
    existing: Registered | undefined,
    deadline: number,
  ): Promise<Registered>;
  /** Takes effect with the next delivery. @param secret 16 to 128 characters. */
  setSecret(webhook: Registered, secret: string, deadline: number): Promise<void>;
  /** Makes Ocrolus call the webhook. */
  test(webhook: Registered, deadline: number): Promise<TestOutcome>;
  remove(webhook: Registered, deadline: number): Promise<void>;
}
