import * as z from 'zod';
import { LEDGER_DAYS, REGISTRATION_DEFAULTS } from '../../shared/settings.ts';
import { Alarms } from './alarms.ts';
import { checkConcurrency, checkTogether, DESPITE_OTHER_FAULTS } from './checks.ts';
import { checkEvents, Events } from './events.ts';
import { Environment, Layers } from './functions.ts';
import { checkIngress, Ingress } from './ingress.ts';
import { Aws, checkLocations } from './locations.ts';
import { Network } from './network.ts';
import { OcrolusAccess, Poll, Results } from './ocrolus.ts';
import { checkReaders, Readers } from './readers.ts';
import { checkRegistration, Registration } from './registration.ts';
import { checkRetention, MIN_PAYLOAD_DAYS, Retention } from './retention.ts';
import { Security } from './security.ts';
import { checkStorage, Storage } from './storage.ts';
import { flag, matching, whole, wholeOr } from './values.ts';

/** Part of physical names and of the URL: `ocrolus-<stage>-<channel>` must be shorter than 80 characters. */
const StageName = matching(
  /^[a-z][a-z0-9-]{0,15}$/,
  'must be 1 to 16 lower-case letters, digits and dashes, beginning with a letter',
);

/** A path segment of the webhook URL and of the secrets' names. */
const AccountName = matching(
  /^[a-z0-9][a-z0-9-]{0,31}$/,
  'must be 1 to 32 lower-case letters, digits and dashes',
);

/**
 * The environment of a Lambda is limited to 4 KiB, of which the webhook needs more than half for its queue URLs and about
 * 140 bytes for each account. `test/infra/templates/variants.ts` has the worst case, `largest`.
 */
export const MAX_ACCOUNTS = 8;

/** Values that CloudWatch Logs accepts, intentionally without 0 ("never expire"). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * Settings of a stage. Unknown keys are faults, so that a misspelt setting is not silently ignored. Settings that a
 * stage leaves out have their defaults. `docs/settings.md` is generated from this schema: `description` says what a
 * setting does, and `cost` its effect on the bill.
 */
export const Settings = z
  .strictObject({
    stage: StageName.meta({
      description: 'Part of every name and URL. Must equal the name of its file',
      cost: 'each stage is a separate deployment',
    }),
    accounts: z
      .array(AccountName)
      .min(1, 'must name at least one account')
      .max(MAX_ACCOUNTS, `must name at most ${MAX_ACCOUNTS} accounts (the environment of a Lambda is 4 KiB)`)
      .refine((accounts) => new Set(accounts).size === accounts.length, 'must not name an account twice')
      .default(['default'])
      .meta({
        description:
          'The Ocrolus API accounts served, each at `/webhooks/<account>` with its own secrets. Ocrolus allows one webhook ' +
          'per account',
        cost: 'two secrets for each account',
      }),
    aws: Aws.optional().meta({
      description:
        'Where the stage is deployed; recommended. With other credentials, a deployment stops before it changes anything. ' +
        'Absent: wherever the credentials and the region of the command line say',
      cost: 'none',
    }),
    network: Network.prefault({}).meta({ description: 'The VPC and the `execute-api` endpoint.' }),
    ingress: Ingress.prefault({ kind: 'private' }).meta({
      description: 'How Ocrolus reaches the endpoint: [ingress.md](ingress.md).',
    }),
    webhookAuthentication: z
      .enum(['signature', 'basic', 'either', 'both'])
      .default(REGISTRATION_DEFAULTS.authentication)
      .meta({
        description:
          'How a delivery is authenticated. `both` requires signature and Basic credentials, `either` accepts one of them',
        cost: 'none',
      }),
    freshnessSeconds: wholeOr(900, 60, 86_400).meta({
      description:
        "How old a signature may be, in seconds. Ocrolus's last retry comes 9 to 10 minutes after the first attempt, and may " +
        "have the first attempt's timestamp: with less than 900, retries may be refused",
      cost: 'none',
    }),
    allowUnsigned: flag(false).meta({
      description:
        'Whether unsigned deliveries are accepted while no secret is set. Only for the first deployment, until a secret is set',
      cost: 'none',
    }),
    secretCacheSeconds: wholeOr(300, 0, 3600).meta({
      description:
        'How long a Lambda caches a secret, in seconds: the longest time until it no longer uses one that was replaced. ' +
        'One that is refused, or that does not fit a signature, is read again at once, at most every 10 seconds',
      cost: 'less means more requests to Secrets Manager',
    }),
    ocrolus: OcrolusAccess.prefault({}).meta({
      description: "How Ocrolus's API is reached, and how much of its rate limit this deployment uses.",
    }),
    poll: Poll.prefault({}).meta({
      description: 'How the poller finds what no webhook announced, and what was not available at once.',
    }),
    results: Results.prefault({}).meta({ description: 'Which results are fetched.' }),
    registration: Registration.prefault({}).meta({
      description: 'How the webhook is registered with Ocrolus, and how often its signing secret changes.',
    }),
    ledgerDays: wholeOr(LEDGER_DAYS, 1, 3650).meta({
      description:
        'How long the record of a delivery is kept, in days; large bodies in the bucket are removed with it. At least ' +
        `${MIN_PAYLOAD_DAYS}, since a dead letter may need the body`,
      cost: 'storage of the ledger, with the body of each delivery',
    }),
    retention: Retention.prefault({}).meta({
      description:
        "How long borrowers' data is kept. DynamoDB removes items within a few days after that, S3 by lifecycle.",
    }),
    storage: Storage.prefault({}).meta({
      description:
        'A table and a bucket that exist already, such as a restored one: [restore.md](restore.md).',
    }),
    logRetentionDays: z.literal(RETENTION_DAYS).default(90).meta({
      description: 'How long logs are kept, in days',
      cost: 'storage of the logs',
    }),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO').meta({
      description: 'The functions write only log lines of this level and above',
      cost: '`DEBUG` writes more logs',
    }),
    removalPolicy: z
      .enum(['retain', 'destroy'])
      .default('retain')
      .meta({
        description:
          'What happens to table, buckets, key, queues and logs when the stack is deleted. `destroy`, for trial stages, empties ' +
          'the buckets and deletes everything',
        cost: '`retain`: what remains costs storage until you delete it',
      }),
    security: Security.prefault({}).meta({
      description: 'What a platform team may require of every stack in its accounts.',
    }),
    throttle: z
      .strictObject({
        rate: wholeOr(200, 1, 10_000).meta({ description: 'Requests per second, on average', cost: 'none' }),
        burst: wholeOr(400, 1, 5_000).meta({ description: 'Requests at the same time', cost: 'none' }),
      })
      .prefault({})
      .meta({
        description:
          'How many requests API Gateway accepts before it answers 429. Ocrolus retries those deliveries.',
      }),
    webhookReservedConcurrency: whole(1, 1000).optional().meta({
      description:
        "Lambda concurrency that is reserved for the webhook and limits it. Absent: it uses the account's unreserved concurrency",
      cost: 'none',
    }),
    webhookDeployment: z
      .enum(['all-at-once', 'canary'])
      .default('all-at-once')
      .meta({
        description:
          'How a new version of the webhook takes over. `canary`: it gets a tenth of the deliveries for five minutes, and a ' +
          'deployment fails and is taken back if `webhook-server-errors` or `deliveries-refused` goes off meanwhile, or is on ' +
          'already. Needs `alarms.enabled`',
        cost: 'none',
      }),
    consumerMaximumConcurrency: wholeOr(5, 2, 1000).meta({
      description: 'The most instances of each consumer that run at once',
      cost: 'more instances than `ocrolus.requestsPerSecond` allows wait for Ocrolus, and Lambda charges for waiting',
    }),
    lambdaConcurrency: wholeOr(100, 10, 100_000).meta({
      description:
        "This stage's part of the account's quota of concurrent executions (Service Quotas, L-B99A9384, in this region). " +
        '`cdk synth` refuses settings that need more. A new account may have 10, which is not enough',
      cost: 'none',
    }),
    probeMinutes: whole(1, 60)
      .optional()
      .meta({
        description:
          'How often the stage posts a signed test ping to its own URL through the endpoint, in minutes; recommended: 5. An alarm ' +
          'goes off when two in a row are not accepted. Needs an endpoint that the stack creates. Absent: never',
        cost: 'about 0.90 USD a month: an alarm, two metrics, requests to Secrets Manager. Deleting the stage takes half an hour longer',
      }),
    apiGatewayLogRole: flag(false).meta({
      description:
        'Whether the stack sets the role with which API Gateway writes access logs. An account has one per region, and a ' +
        'deployment fails where none is set: `true` in one stage, unless something else has set it',
      cost: 'none',
    }),
    events: Events.prefault({}).meta({
      description: 'What other services learn of changes, and where.',
    }),
    readers: Readers,
    layers: Layers,
    environment: Environment,
    alarms: Alarms.prefault({}).meta({
      description: 'Who is notified when something is wrong, and the thresholds at which alarms go off.',
    }),
    dashboard: flag(false).meta({
      description: 'Whether there is a dashboard',
      cost: '3 USD a month',
    }),
    tags: z
      .record(
        z.string().min(1).max(128).meta({ title: 'name' }),
        z.string().max(256).meta({ description: 'A tag on every resource', cost: 'none' }),
      )
      .default({}),
  })
  .superRefine(checkTogether, DESPITE_OTHER_FAULTS)
  .superRefine(checkConcurrency, DESPITE_OTHER_FAULTS)
  .superRefine(checkIngress, DESPITE_OTHER_FAULTS)
  .superRefine(checkLocations, DESPITE_OTHER_FAULTS)
  .superRefine(checkRetention, DESPITE_OTHER_FAULTS)
  .superRefine(checkRegistration, DESPITE_OTHER_FAULTS)
  .superRefine(checkStorage, DESPITE_OTHER_FAULTS)
  .superRefine(checkEvents, DESPITE_OTHER_FAULTS)
  .superRefine(checkReaders, DESPITE_OTHER_FAULTS);

/** Settings with every default filled in. */
export type Settings = z.output<typeof Settings>;

export type SettingsInput = z.input<typeof Settings>;
