import type { EventName } from '../../../../shared/events/catalog.ts';

export interface Target {
  readonly url: string;
  readonly secret: string | undefined;
}

interface AccountWebhook {
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

export type Registrations = ReturnType<typeof createRegistrations>;

/** Registered webhooks: of the account, or of the organization; one kind only (docs/ocrolus.md#levels). */
export function createRegistrations(access: OrganizationAccess) {
  const registrations = {
    access,
    account: undefined as AccountWebhook | undefined,
    accountSecret: undefined as string | undefined,
    organization: [] as OrganizationWebhook[],
    /** Who has subscribed to an event. Organization webhooks take the place of the account's. */
    targets(eventName: string): Target[] {
      const { account, accountSecret, organization } = registrations;
      if (organization.length > 0) {
        return organization.filter((webhook) => webhook.isActive && webhook.events.includes(eventName));
      }
      const isSubscribed = account?.events?.some((name) => name === eventName) ?? true;
      return account !== undefined && isSubscribed ? [{ url: account.url, secret: accountSecret }] : [];
    },
  };
  return registrations;
}
