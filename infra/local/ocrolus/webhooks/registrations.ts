import type { EventName } from '../../../../shared/events/catalog.ts';
import type { Ids } from '../random.ts';

/** Where an event goes. */
export interface Target {
  readonly url: string;
  readonly secret: string | undefined;
}

/** The one webhook of the account. */
export interface AccountWebhook {
  url: string;
  /** `undefined`: everything, as for a webhook that was set by the simulator's owner. */
  events: readonly EventName[] | undefined;
}

/** One of up to five webhooks of the organization. */
export interface OrganizationWebhook {
  readonly uuid: string;
  readonly createdOn: string;
  /** Ocrolus names an event of a webhook by a uuid. */
  readonly eventUuids: ReadonlyMap<string, string>;
  url: string;
  description: string | null;
  events: readonly string[];
  isActive: boolean;
  modifiedOn: string;
  secret: string | undefined;
}

export const MAX_ORGANIZATION_WEBHOOKS = 5;

/** Registered webhooks: of the account, or of the organization; one kind only (docs/ocrolus.md#levels). */
export class Registrations {
  account: AccountWebhook | undefined;
  accountSecret: string | undefined;
  readonly organization: OrganizationWebhook[] = [];
  readonly #ids: Ids;
  readonly #now: () => number;

  constructor(ids: Ids, now: () => number) {
    this.#ids = ids;
    this.#now = now;
  }

  addToOrganization(
    url: string,
    description: string | null,
    events: readonly string[],
    available: readonly string[],
  ): OrganizationWebhook {
    const at = this.timestamp();
    const webhook: OrganizationWebhook = {
      uuid: this.#ids.uuid(),
      createdOn: at,
      eventUuids: new Map(available.map((name) => [name, this.#ids.uuid()])),
      url,
      description,
      events,
      isActive: true,
      modifiedOn: at,
      secret: undefined,
    };
    this.organization.push(webhook);
    return webhook;
  }

  timestamp(): string {
    return new Date(this.#now()).toISOString();
  }

  /** Who has subscribed to an event. Organization webhooks take the place of the account's. */
  targets(eventName: string): Target[] {
    if (this.organization.length > 0) {
      return this.organization.filter((webhook) => webhook.isActive && webhook.events.includes(eventName));
    }
    const { account, accountSecret } = this;
    const isSubscribed = account?.events === undefined || account.events.some((name) => name === eventName);
    return account !== undefined && isSubscribed ? [{ url: account.url, secret: accountSecret }] : [];
  }
}
