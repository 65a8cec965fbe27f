import { ConsumerSettings } from '../../../functions/consumers/runtime/settings.ts';
import { PollerSettings } from '../../../functions/poller/dependencies.ts';
import { WebhookSettings } from '../../../functions/webhook/settings.ts';
import { CHANNELS, type Channel, LOOK_CHANNEL } from '../../../shared/events/channels.ts';
import { readSettings } from '../../../shared/settings.ts';
import type { Scheduler } from '../kernel/schedule/scheduler.ts';
import type { Kind } from '../ocrolus/profile.ts';

export const BUCKET = 'simulated-bucket';

export const queueUrl = (channel: Channel) => `https://sqs.simulated/${channel}`;
export const deadLetterUrl = (channel: Channel) => `https://sqs.simulated/${channel}-dlq`;

const clientId = (account: string) => `client-${account}`;
/** No log line may have it. */
const clientSecret = (account: string) => `zirconium-client-secret-${account}`;
export const webhookSecret = (account: string) => `zirconium-webhook-secret-${account}`;

/** Part of every secret, token and pre-signed address of the simulation. */
export const SECRET_MARKERS = ['zirconium', 'simulated.', 'x-amz-signature'] as const;

const QUEUE_URLS = JSON.stringify(
  Object.fromEntries(CHANNELS.map((channel) => [channel, queueUrl(channel)])),
);

const COMMON = { STAGE: 'simulation', LOG_LEVEL: 'INFO', TABLE_NAME: 'table', BUCKET_NAME: BUCKET };

type Environment = Readonly<Record<string, string>>;

/** The variables of consumers and poller, as the stack sets them. */
function commonEnvironment({ accounts, results, retention, poll, ...rates }: Stage): Environment {
  const credentials = accounts.map((name) => [name, { credentials: `api/${name}` }]);
  return {
    ...COMMON,
    ACCOUNTS: JSON.stringify(Object.fromEntries(credentials)),
    RESULTS: JSON.stringify(results),
    OCROLUS_REQUESTS_PER_SECOND: String(rates.requestsPerSecond),
    OCROLUS_HEAVY_REQUESTS_PER_SECOND: String(rates.heavyRequestsPerSecond),
    POLL_MIN_SECONDS: String(poll.minSeconds),
    POLL_MAX_SECONDS: String(poll.maxSeconds),
    POLL_GRACE_SECONDS: String(poll.graceSeconds),
    POLL_HORIZON_DAYS: String(poll.horizonDays),
    ...(retention.results !== undefined && { RESULT_DAYS: String(retention.results) }),
    ...(retention.documents !== undefined && { DOCUMENT_DAYS: String(retention.documents) }),
  };
}

export function consumerSettings(channel: Channel, stage: Stage): ConsumerSettings {
  const { poll, retention } = stage;
  return readSettings(ConsumerSettings, {
    ...commonEnvironment(stage),
    CHANNEL: channel,
    QUEUE_URL: queueUrl(channel),
    QUEUE_URLS,
    QUICK_RETRY_SECONDS: poll.quickRetrySeconds.join(','),
    LEDGER_DAYS: String(retention.ledger),
    ...(retention.payloads !== undefined && { PAYLOAD_DAYS: String(retention.payloads) }),
  });
}

export function pollerSettings(stage: Stage): PollerSettings {
  const { requestsPerSecond, discover, discoverFrom } = stage.poll;
  return readSettings(PollerSettings, {
    ...commonEnvironment(stage),
    LOOK_QUEUE_URL: queueUrl(LOOK_CHANNEL),
    POLL_REQUESTS_PER_SECOND: String(requestsPerSecond),
    POLL_DISCOVER: String(discover),
    ...(discoverFrom !== undefined && { POLL_DISCOVER_FROM: discoverFrom }),
  });
}

export function webhookSettings({ accounts }: Stage): WebhookSettings {
  const secrets = accounts.map((name) => [name, { webhookSecret: `webhook/${name}` }]);
  return readSettings(WebhookSettings, {
    ...COMMON,
    ACCOUNTS: JSON.stringify(Object.fromEntries(secrets)),
    QUEUE_URLS,
  });
}

/** The text of a secret. @throws Error for a name that is not known. */
export function secretText(name: string): string {
  const [kind, account = ''] = name.split('/');
  if (kind === 'api') {
    return JSON.stringify({ clientId: clientId(account), clientSecret: clientSecret(account) });
  }
  if (kind === 'webhook') return JSON.stringify({ current: webhookSecret(account) });
  throw new Error(`no secret ${name}`);
}

export type Policy = 'always' | 'announced' | 'never';

/** A stage that sets nothing but its accounts. */
export function defaultStage(accounts: readonly string[]) {
  return {
    accounts,
    requestsPerSecond: 12,
    heavyRequestsPerSecond: 1,
    /** Kinds that are not named have their default. */
    results: {} as Readonly<Partial<Record<Kind, Policy>>>,
    poll: {
      minSeconds: 300,
      maxSeconds: 21_600,
      graceSeconds: 600,
      horizonDays: 30,
      requestsPerSecond: 5,
      discover: true,
      /** A date; absent: all books. */
      discoverFrom: undefined as string | undefined,
      quickRetrySeconds: [3, 15] as readonly number[],
    },
    /** In days; absent: permanently. */
    retention: {
      results: undefined as number | undefined,
      documents: undefined as number | undefined,
      payloads: undefined as number | undefined,
      ledger: 180,
    },
  };
}

/** The settings of a stage on which results, their times and calls depend (docs/settings.md). */
export type Stage = Readonly<ReturnType<typeof defaultStage>>;

/** A stage from one deployment to the next. */
export interface Deployed {
  /** Unix milliseconds. */
  readonly at: number;
  readonly stage: Stage;
  /** A version of the product that this one does not know: it writes what this one cannot read. */
  readonly isLaterVersion: boolean;
}

/** What is deployed when, known in advance. */
export class Deployments {
  readonly all: readonly Deployed[];
  readonly #now: () => number;

  /** @param all by ascending time; the first one is there from the start. */
  constructor(all: readonly [Deployed, ...Deployed[]], now: () => number) {
    this.all = all;
    this.#now = now;
  }

  get current(): Deployed {
    return this.at(this.#now());
  }

  get last(): Deployed {
    return this.at(Number.POSITIVE_INFINITY);
  }

  at(time: number): Deployed {
    const [first] = this.all;
    const found = this.all.findLast(({ at }) => at <= time) ?? first;
    if (found === undefined) throw new Error('nothing is deployed');
    return found;
  }
}

/** Channels whose event source mapping an operator has stopped: their messages wait. */
export class Pauses {
  readonly #paused = new Map<string, Promise<void>>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  isPaused(channel: string): boolean {
    return this.#paused.has(channel);
  }

  /** @param until Unix milliseconds. */
  pause(channel: string, until: number): void {
    const resumed = new Promise<void>((resolve) => {
      this.#scheduler.at(until, () => {
        if (this.#paused.get(channel) === resumed) this.#paused.delete(channel);
        resolve();
      });
    });
    this.#paused.set(channel, resumed);
  }

  /** Resolves when the channel is not paused. */
  async whileRunning(channel: string): Promise<void> {
    for (let paused = this.#paused.get(channel); paused !== undefined; paused = this.#paused.get(channel))
      await paused;
  }
}
