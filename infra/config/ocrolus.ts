import * as z from 'zod';
import { POLICIES, RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import { GUIDELINES } from '../../shared/ocrolus/parameters.ts';
import { TOKEN_FORMATS } from '../../shared/ocrolus/settings.ts';
import { OCROLUS_DEFAULTS, POLL_DEFAULTS } from '../../shared/settings.ts';
import { DESPITE_OTHER_FAULTS } from './checks.ts';
import { decimal, whole, wholeOr } from './values.ts';

const HttpsUrl = z.url({ protocol: /^https$/, error: 'must be an https:// URL' });

const Day = z.iso.date('must be a date such as 2026-03-01');

/**
 * Parameters of Ocrolus's calls that a lender has a reason to set (docs/ocrolus.md#request-parameters). Parameters with ids
 * of one book, such as its bank accounts, are no settings of a stage.
 */
const CallParameters = z.strictObject({
  includeBboxes: z.boolean().optional().meta({
    description: '`include_bboxes` of `forms`: where each value is on its page',
    cost: 'larger bodies',
  }),
  minDaysToInclude: whole(0, 366).optional().meta({
    description:
      '`min_days_to_include` of `cash-flow`: months with fewer days of transactions are left out; 32 keeps only full months',
    cost: 'none',
  }),
  includePendingPlaidTransactions: z.boolean().optional().meta({
    description: '`include_pending_plaid_transactions` of `enriched-transactions`',
    cost: 'larger bodies',
  }),
  excludeDashboardUrl: z.boolean().optional().meta({
    description: '`exclude_dashboard_url` of `signals`: the answers have no link to the Dashboard',
    cost: 'none',
  }),
  bankStatementIncomeFrom: Day.optional().meta({
    description: '`start_date` of `bank-statement-income`',
    cost: 'none',
  }),
  bankStatementIncomeTo: Day.optional().meta({
    description: '`end_date` of `bank-statement-income`',
    cost: 'none',
  }),
  summaryScope: z.enum(['full', 'quick']).optional().meta({
    description:
      '`scope` of `summary`. Where Ocrolus has switched quick analytics on for the organization, its default is `quick`',
    cost: 'none',
  }),
  processUnknowns: z.boolean().optional().meta({
    description: '`process_unknowns` of `classification`: forms of an unknown type are in it, too',
    cost: 'none',
  }),
  extraFields: z
    .array(z.string().regex(/^\w{1,64}$/, { error: 'must be the name of a field' }))
    .min(1)
    .max(40)
    .optional()
    .meta({ description: '`extra_fields` of the version 1 `analytics`', cost: 'larger bodies' }),
});

/** Access to Ocrolus's API, and this deployment's share of its rate limit. */
export const OcrolusAccess = z.strictObject({
  apiUrl: HttpsUrl.default(OCROLUS_DEFAULTS.apiUrl).meta({
    description: 'URL of the Ocrolus API',
    cost: 'none',
  }),
  authUrl: HttpsUrl.default(OCROLUS_DEFAULTS.authUrl).meta({
    description: 'URL at which Ocrolus issues access tokens',
    cost: 'none',
  }),
  tokenFormat: z.enum(TOKEN_FORMATS).optional().meta({
    description:
      'How the client credentials are sent in the token request. Absent: in the first of these formats that Ocrolus accepts',
    cost: 'none',
  }),
  audience: z.string().min(1).optional().meta({
    description: 'Sent with the token request if set',
    cost: 'none',
  }),
  incomeGuideline: z
    .enum(GUIDELINES, { error: `must be one of: ${GUIDELINES.join(', ')}` })
    .optional()
    .meta({
      description:
        '`guideline` of `income`: the rules by which it is calculated. Absent: the one that was saved last for the book, or ' +
        '`FANNIE_MAE` ([its documents disagree](ocrolus.md#request-parameters))',
      cost: 'none',
    }),
  parameters: CallParameters.prefault({}).meta({
    description:
      'Parameters of calls. Ocrolus has the default of each that is not set. After a change, the results of a book are fetched ' +
      'again at its next look',
  }),
  requestsPerSecond: decimal(0.1, 1000)
    .default(OCROLUS_DEFAULTS.requestsPerSecond)
    .meta({
      description:
        'Requests to Ocrolus per second, for all Lambdas and accounts of this deployment together. Ocrolus allows the ' +
        'organization [20](ocrolus.md#rate-limit): the rest is left to your own uploads',
      cost: 'less makes consumers wait, and Lambda charges for waiting',
    }),
  heavyRequestsPerSecond: decimal(0.1, 1000)
    .default(OCROLUS_DEFAULTS.heavyRequestsPerSecond)
    .meta({
      description:
        'The same for the heavy analytics calls ([which](events.md#kinds-of-results)). Ocrolus allows the organization 1, by ' +
        'one version of [its page](ocrolus.md#rate-limit)',
      cost: 'less makes consumers wait, and Lambda charges for waiting',
    }),
});

export type OcrolusAccess = z.output<typeof OcrolusAccess>;

/** Search for results that no webhook announced, or that were not available at once. */
export const Poll = z
  .strictObject({
    minutes: wholeOr(5, 1, 60).meta({
      description: 'Minutes between two runs of the poller',
      cost: 'one run of a Lambda each time',
    }),
    minSeconds: wholeOr(POLL_DEFAULTS.minSeconds, 1, 86_400).meta({
      description:
        'The shortest time until the same book or result is asked for again, at most `poll.maxSeconds`',
      cost: 'less means more calls, table requests and Lambda time for each active book',
    }),
    maxSeconds: wholeOr(POLL_DEFAULTS.maxSeconds, 1, 604_800).meta({
      description: 'The longest time until the same book or result is asked for again',
      cost: 'less means more calls, table requests and Lambda time for each active book',
    }),
    graceSeconds: wholeOr(POLL_DEFAULTS.graceSeconds, 1, 86_400).meta({
      description: 'How late a webhook may be before what it would have announced counts as lost',
      cost: 'less makes the poller ask for what webhooks would have announced',
    }),
    horizonDays: wholeOr(POLL_DEFAULTS.horizonDays, 1, 3650).meta({
      description:
        'For how many days a book or result that does not change is asked for at the usual pace. After that, it is asked for ' +
        'monthly, for a year',
      cost: 'more means calls and table requests for books that do not change',
    }),
    requestsPerSecond: decimal(0.1, 1000).default(POLL_DEFAULTS.requestsPerSecond).meta({
      description: "The poller's share of `ocrolus.requestsPerSecond`, which must be larger",
      cost: 'less makes the poller wait, and Lambda charges for waiting',
    }),
    discover: z.boolean().default(POLL_DEFAULTS.discover).meta({
      description:
        "Whether the poller pages through the account's list to find books that no webhook has mentioned",
      cost: 'up to eleven calls in a run, and more if books are new; `false` costs one of Book info for each book',
    }),
    discoverFrom: z.iso.date('must be a date such as 2026-03-01').optional().meta({
      description:
        'Books that were created before this day are not discovered; an earlier day takes effect within a week. Absent: all are',
      cost: 'every book that is discovered is fetched and stored',
    }),
    quickRetrySeconds: z
      .array(whole(1, 900))
      .max(5)
      .default([...POLL_DEFAULTS.quickRetrySeconds])
      .meta({
        description:
          'Quick retries of a delivery whose result Ocrolus does not have yet: the seconds before each. After the last one, the ' +
          'poller takes over',
        cost: 'each is one more run of a consumer, and one more call',
      }),
  })
  .superRefine(({ minSeconds, maxSeconds }, context) => {
    if (minSeconds > maxSeconds) {
      context.addIssue({ code: 'custom', path: ['minSeconds'], message: 'must not exceed poll.maxSeconds' });
    }
  }, DESPITE_OTHER_FAULTS);

export type Poll = z.output<typeof Poll>;

/** Seconds between two runs of the poller of a stage with default settings. */
export const DEPLOYED_POLL_SECONDS = Poll.parse({}).minutes * 60;

/** The policy of each kind of result. Kinds that a stage does not name have the default of `shared/events/result-kinds.ts`. */
export const Results = z.partialRecord(
  z
    .enum(RESULT_KINDS, { error: `must be a kind of result: ${RESULT_KINDS.join(', ')}` })
    .meta({ title: 'kind' }),
  z.enum(POLICIES, { error: `must be one of: ${POLICIES.join(', ')}` }).meta({
    description:
      'The policy of each [kind of result](events.md#policies-and-what-is-found-when-webhooks-are-lost). Kinds that are not ' +
      'named keep their default',
    cost: '`always` makes calls for every book or document, and stores what they answer; `never` makes none',
  }),
);
