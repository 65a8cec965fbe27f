import type { EventName } from '../../../../shared/events/catalog.ts';

/** Where an event goes. */
export interface Target {
  readonly url: string;
  readonly secret: string | undefined;
}

/** The one webhook of the account. */
export interface AccountWebhook {
  readonly url: string;
  /** `undefined`: everything, as for a webhook that was set by the simulator's owner. */
  readonly events: readonly EventName[] | undefined;
}

/** One of up to five webhooks of the organization. */
export interface OrganizationWebhook {
  readonly uuid: string;
  url: string;
  events: readonly string[];
  isActive: boolean;
  secret: string | undefined;
}

/**
 * What the API may do with webhooks of the organization (docs/ocrolus.md#organization-level). `waits-for-dashboard`: webhooks,
 * but only the Dashboard subscribes them to events. `not-permitted`: nothing.
 */
export type OrganizationAccess = 'open' | 'waits-for-dashboard' | 'not-permitted';

/** Registered webhooks: of the account, or of the organization; one kind only (docs/ocrolus.md#levels). */
export class Registrations {
  account: AccountWebhook | undefined;
  accountSecret: string | undefined;
  readonly organization: OrganizationWebhook[] = [];
  readonly access: OrganizationAccess;

  constructor(access: OrganizationAccess) {
    this.access = access;
  }

  /** Subscribes every webhook of the organization to these events and no others, as if ticked in the Dashboard. */
  tick(events: readonly EventName[]): void {
    for (const webhook of this.organization) webhook.events = events;
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
