import { setTimeout as wait } from 'node:timers/promises';
import type { Handler } from 'aws-lambda';
import { Failure } from '../../shared/failure.ts';
import { openAccounts } from '../../shared/ocrolus/accounts.ts';
import { type Registered, type WebhookLevel, webhookAt } from '../../shared/ocrolus/webhooks/level.ts';
import { openLevel } from '../../shared/ocrolus/webhooks/open-level.ts';
import { webhookUrl } from '../../shared/ocrolus/webhooks/settings.ts';
import { openNetworkPorts } from '../../shared/ports.ts';
import { createLocalRateLimiter } from '../../shared/rate-limit/local.ts';
import { readSettings } from '../../shared/settings.ts';
import { createLog } from '../../shared/telemetry/log.ts';
import { createMetrics, withMetrics } from '../../shared/telemetry/metrics.ts';
import { RotationEvent, RotationSettings, rotate } from './rotate.ts';
import { openVersions } from './secret-versions.ts';

const PER_SECOND = 5;
/** Reserved so that Secrets Manager gets the result before Lambda ends the process. */
const MARGIN_MS = 5000;

let dependencies: ReturnType<typeof openDependencies> | undefined;

/** Rotates an account's webhook secret, one step per call of Secrets Manager. */
export const handler: Handler<unknown, void> = async (input, context) => {
  dependencies ??= openDependencies();
  const { settings, accounts, log, metrics } = dependencies;
  const event = RotationEvent.parse(input);
  const found = Object.entries(settings.ACCOUNTS).find(
    ([, secrets]) => secrets.webhookSecret === event.SecretId,
  );
  if (found === undefined) throw new Error('the secret is not a webhook secret of this deployment');
  const [account] = found;
  const deadline = Date.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
  const { REGISTRATION_LEVEL: level, REGISTRATION_ENCODING: encoding } = settings;
  const webhooks = openLevel(level, accounts.client(account), encoding, deadline);
  const registered = () => findRegistered(webhooks, webhookUrl(settings, account));
  await withMetrics(metrics, () =>
    rotate(event, {
      versions: openVersions(event.SecretId),
      setAtOcrolus: async (secret) => webhooks.setSecret(await registered(), secret),
      test: async () => webhooks.test(await registered()),
      testRequired: settings.REGISTRATION_TEST === 'require',
      overlapMs: settings.ROTATION_OVERLAP_MINUTES * 60_000,
      settleMs: settings.ROTATION_SETTLE_SECONDS * 1000,
      log: log.with({ account }),
      now: Date.now,
      wait,
    }),
  );
};

/** Finds the webhook of this deployment: one that points elsewhere must not get its secret. */
async function findRegistered(webhooks: WebhookLevel, url: string): Promise<Registered> {
  const found = await webhookAt(webhooks, url);
  if (found === undefined) throw new Failure('refused', 'not-registered');
  return found;
}

function openDependencies() {
  const settings = readSettings(RotationSettings);
  const metrics = createMetrics({ stage: settings.STAGE });
  const ports = openNetworkPorts();
  const limiter = createLocalRateLimiter({ perSecond: PER_SECOND, heavyPerSecond: PER_SECOND, ...ports });
  return {
    settings,
    accounts: openAccounts(settings, { limiter, metrics, ports }),
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE } }),
    metrics,
  };
}
