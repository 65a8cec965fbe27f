import * as z from 'zod';
import { Alarms } from './alarms.ts';
import { BESIDE_OTHER_FAULTS } from './faults.ts';
import { checkIngress, Ingress } from './ingress.ts';
import { Network } from './network.ts';
import { OcrolusAccess, Poll } from './ocrolus.ts';
import { checkRegistration, Registration } from './registration.ts';
import { Results } from './results.ts';
import { checkRetention, Retention } from './retention.ts';
import { Security } from './security.ts';

/** Becomes part of physical names and of the URL: `ocrolus-<stage>-<channel>` must stay below 80 characters. */
const StageName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,15}$/, 'must be 1 to 16 lower-case letters, digits and dashes, a letter first');

/** Becomes a path segment of the webhook URL and of the secrets' names. */
const AccountName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits and dashes');

/**
 * The environment of a Lambda is limited to 4 KiB, of which the webhook needs more than half for its queue
 * URLs and about 140 bytes for each account. `test/infra/environment.test.ts` computes the worst case.
 */
export const MAX_ACCOUNTS = 8;

/** What CloudWatch Logs accepts; 0 ("never expire") is left out on purpose. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * Everything that differs between stages. Unknown keys are faults, so that a misspelt setting cannot be
 * silently ignored. A stage that does not say gets the default that is written here.
 */
export const Settings = z
  .strictObject({
    /** Must equal the name of its file. */
    stage: StageName,

    /** The Ocrolus API accounts served. Ocrolus allows one webhook per account. */
    accounts: z
      .array(AccountName)
      .min(1, 'must name at least one account')
      .max(MAX_ACCOUNTS, `must name at most ${MAX_ACCOUNTS} accounts (the environment of a Lambda is 4 KiB)`)
      .refine((names) => new Set(names).size === names.length, 'must not name an account twice')
      .default(['default']),

    /** The way in: which VPC, and which `execute-api` endpoint. */
    network: Network.prefault({}),
    /** How Ocrolus gets there. */
    ingress: Ingress.prefault({ kind: 'private' }),

    /** How a delivery proves itself. `both` asks for signature and Basic, `either` accepts one of them. */
    webhookAuthentication: z.enum(['signature', 'basic', 'either', 'both']).default('signature'),
    /**
     * How old a signature may be, in seconds. Ocrolus's last retry comes 9 to 10 minutes after the first try,
     * perhaps with the first one's timestamp: less than 15 minutes may refuse genuine deliveries.
     */
    freshnessSeconds: z.int().min(60).max(86_400).default(900),
    /** Accepts unsigned deliveries. Only for bring-up, before Ocrolus has the secret. */
    allowUnsigned: z.boolean().default(false),
    /** How long a Lambda keeps a secret, in seconds: the longest that a rotation takes to be noticed. */
    secretCacheSeconds: z.int().min(0).max(3600).default(300),

    /** How Ocrolus's API is reached. */
    ocrolus: OcrolusAccess.prefault({}),
    /** How the poller finds what no webhook announced. */
    poll: Poll.prefault({}),
    /** Which results are fetched; kinds that are not named have their default. */
    results: Results.prefault({}),
    /** How Ocrolus learns of the webhook, and of its secret. */
    registration: Registration.prefault({}),

    /** How long the record of a delivery is kept, in days; oversized bodies in the bucket go with it. */
    ledgerDays: z.int().min(1).max(3650).default(180),
    /** How long results, payloads and documents are kept. */
    retention: Retention.prefault({}),
    logRetentionDays: z.literal(RETENTION_DAYS).default(90),
    /** The Lambdas' own log lines below this level are not written. */
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),

    /**
     * What becomes of table, bucket, key, secrets and logs when the stack is deleted. `destroy` also lets
     * CloudFormation delete the stack without disabling its protection first.
     */
    removalPolicy: z.enum(['retain', 'destroy']).default('retain'),

    /** What a platform team asks of every stack in its accounts. */
    security: Security.prefault({}),

    /** What API Gateway lets through before it answers 429; Ocrolus retries those. Per second, and at once. */
    throttle: z
      .strictObject({
        rate: z.int().min(1).max(10_000).default(200),
        burst: z.int().min(1).max(5_000).default(400),
      })
      .prefault({}),
    /** Lambda concurrency kept for the webhook, and its limit. Absent: it shares the account's pool. */
    webhookReservedConcurrency: z.int().min(1).max(1000).optional(),
    /** How many instances of each consumer run at once, at most. Event source mappings allow 2 to 1000. */
    consumerMaximumConcurrency: z.int().min(2).max(1000).default(5),

    /**
     * Whether the stack sets the role with which API Gateway writes access logs. It is one per account and
     * region: say `false` where something else has set it already.
     */
    apiGatewayLogRole: z.boolean().default(true),

    /** Who is told when something is wrong, and from when on it is. */
    alarms: Alarms.prefault({}),

    /** Tags on every resource. */
    tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  })
  .superRefine(({ poll, ocrolus }, context) => {
    if (poll?.requestsPerSecond >= ocrolus?.requestsPerSecond) {
      const message = 'must leave something of ocrolus.requestsPerSecond to the consumers';
      context.addIssue({ code: 'custom', path: ['poll', 'requestsPerSecond'], message });
    }
  }, BESIDE_OTHER_FAULTS)
  .superRefine(checkIngress, BESIDE_OTHER_FAULTS)
  .superRefine(checkRetention, BESIDE_OTHER_FAULTS)
  .superRefine(checkRegistration, BESIDE_OTHER_FAULTS);

/** Settings with every default filled in. */
export type Settings = z.output<typeof Settings>;

/** What a stage's file says. */
export type SettingsInput = z.input<typeof Settings>;
