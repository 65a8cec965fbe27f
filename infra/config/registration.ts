import * as z from 'zod';
import { eventsOfLevel } from '../../shared/ocrolus/webhooks/event-names.ts';
import { ENCODINGS, LEVELS } from '../../shared/ocrolus/webhooks/level.ts';
import { REGISTRATION_DEFAULTS } from '../../shared/settings.ts';
import { DESPITE_OTHER_FAULTS } from './checks.ts';
import { flag, whole, wholeOr } from './values.ts';

/** Registration of the webhook with Ocrolus, and rotation of its secret. */
export const Registration = z
  .strictObject({
    enabled: flag(false).meta({
      description:
        'Whether a deployment registers the webhook with Ocrolus, deletion of the stack removes it, and a daily check ' +
        'compares it. Off until the API credentials are in their secret',
      cost: 'one short run of a Lambda a day',
    }),
    level: z.enum(LEVELS).default(REGISTRATION_DEFAULTS.level).meta({
      description:
        '`account`: one webhook for each account. `organization`: one for everything; only with a single account',
      cost: 'none',
    }),
    events: z
      .array(z.string())
      .min(1, 'must name at least one event')
      .refine((events) => new Set(events).size === events.length, 'must not name an event twice')
      .optional()
      .meta({
        description: 'Which [events](events.md) to subscribe to, by name. Absent: all events of the level',
        cost: 'each delivery is a request, a message, a run of a consumer and a ledger entry',
      }),
    encoding: z
      .enum(ENCODINGS)
      .default(REGISTRATION_DEFAULTS.encoding)
      .meta({
        description:
          "How the request that registers an account's webhook is encoded: Ocrolus's documents disagree. At organization " +
          'level it is always JSON',
        cost: 'none',
      }),
    url: z
      .url({ protocol: /^https$/, error: 'must be an https:// URL' })
      .optional()
      .meta({
        description:
          "The URL to which Ocrolus posts, if that is a proxy and not the stage's own URL. `{account}` in it stands for the " +
          "account's name, and is required with several accounts. Required if `ingress.kind` is `private` and " +
          '`registration.enabled` is `true`',
        cost: 'none',
      }),
    test: z.enum(['require', 'report']).default(REGISTRATION_DEFAULTS.test).meta({
      description:
        'Whether a test delivery that fails makes the deployment fail (`require`) or is only logged (`report`)',
      cost: 'none',
    }),
    rotationDays: whole(1, 1000).optional().meta({
      description: 'Days between two rotations of the signing secret. Absent: it is not rotated',
      cost: 'a short run of a Lambda each time',
    }),
    overlapMinutes: wholeOr(REGISTRATION_DEFAULTS.overlapMinutes, 15, 1440).meta({
      description:
        'How long the old signing secret is accepted after a rotation, in minutes. Ocrolus retries for about ten',
      cost: 'none',
    }),
  })
  .superRefine(({ level, events, url }, context) => {
    const offered: readonly string[] = LEVELS.includes(level) ? eventsOfLevel(level) : [];
    for (const [index, name] of (Array.isArray(events) ? events : []).entries()) {
      if (offered.includes(name)) continue;
      const message = `is not an event of the ${level} level: ${offered.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['events', index], message });
    }
    if (typeof url === 'string' && URL.canParse(url) && new URL(url).username !== '') {
      const message = 'must not contain credentials: put them into the webhook secret';
      context.addIssue({ code: 'custom', path: ['url'], message });
    }
  }, DESPITE_OTHER_FAULTS);

export type Registration = z.output<typeof Registration>;

/** Checks that other settings allow the registration. */
export function checkRegistration(
  {
    accounts,
    ingress,
    registration,
  }: {
    readonly accounts: readonly string[];
    readonly ingress: { readonly kind?: unknown };
    readonly registration: Registration;
  },
  context: z.core.$RefinementCtx,
): void {
  const several = Array.isArray(accounts) && accounts.length > 1;
  const { enabled, level, url } = registration ?? {};
  if (enabled === true && ingress?.kind === 'private' && url === undefined) {
    const message =
      'must be set where ingress.kind is "private": Ocrolus, on the internet, cannot reach the private URL of the stage. ' +
      'Set the URL of your proxy, or let Ocrolus in with ingress.kind "allowlisted" (docs/ingress.md)';
    context.addIssue({ code: 'custom', path: ['registration', 'url'], message });
  }
  if (several && level === 'organization') {
    const message =
      'must be account when there are several accounts: an organization posts everything to one URL';
    context.addIssue({ code: 'custom', path: ['registration', 'level'], message });
  }
  if (several && typeof url === 'string' && !url.includes('{account}')) {
    const message = 'must have {account} in it when there are several accounts';
    context.addIssue({ code: 'custom', path: ['registration', 'url'], message });
  }
}
