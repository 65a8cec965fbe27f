import { DEFAULT_RESULTS, POLICIES, RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import type { OcrolusAccess } from './ocrolus.ts';
import type { Settings } from './settings.ts';

/** The environment that all Lambdas share. */
export function commonEnvironment(settings: Settings): Record<string, string> {
  return { STAGE: settings.stage, LOG_LEVEL: settings.logLevel };
}

/** The environment of the webhook, except queues, bucket and secrets. */
export function webhookEnvironment(settings: Settings): Record<string, string> {
  return {
    ...commonEnvironment(settings),
    WEBHOOK_AUTHENTICATION: settings.webhookAuthentication,
    FRESHNESS_SECONDS: String(settings.freshnessSeconds),
    ALLOW_UNSIGNED: String(settings.allowUnsigned),
    SECRET_CACHE_SECONDS: String(settings.secretCacheSeconds),
  };
}

/** The environment of a consumer, except channel, queue, table, bucket and secrets. */
export function consumerEnvironment(settings: Settings): Record<string, string> {
  return {
    ...commonEnvironment(settings),
    ...ocrolusEnvironment(settings.ocrolus),
    ...checklistEnvironment(settings),
    ...parametersEnvironment(settings.ocrolus),
    QUICK_RETRY_SECONDS: settings.poll.quickRetrySeconds.join(','),
    POLL_DISCOVER: String(settings.poll.discover),
    OVERDUE_HOURS: String(settings.alarms.overdueHours),
    LEDGER_DAYS: String(settings.ledgerDays),
    ...days('PAYLOAD_DAYS', settings.retention.payloads),
  };
}

/** Parameters of calls, by operation: the functions know no choice of the lender. */
function parametersEnvironment({ parameters: own, incomeGuideline }: OcrolusAccess): Record<string, string> {
  const signals = { exclude_dashboard_url: own.excludeDashboardUrl };
  const income = { guideline: incomeGuideline };
  const named = {
    'doc-form-data': { include_bboxes: own.includeBboxes },
    'cash-flow-features': { min_days_to_include: own.minDaysToInclude },
    'enriched-transactions': { include_pending_plaid_transactions: own.includePendingPlaidTransactions },
    'book-fraud-signals': signals,
    'doc-fraud-signals': signals,
    bsic: { start_date: own.bankStatementIncomeFrom, end_date: own.bankStatementIncomeTo },
    'Book-summary': { scope: own.summaryScope },
    'classification-summary': { process_unknowns: own.processUnknowns },
    analytics: { extra_fields: own.extraFields?.join(',') },
    'income-calculations': income,
    'income-summary': income,
  };
  const texts = Object.entries(named).flatMap(([operation, query]) => {
    const set = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    return set.length === 0 ? [] : [[operation, Object.fromEntries(set)]];
  });
  return texts.length === 0 ? {} : { PARAMETERS: JSON.stringify(Object.fromEntries(texts)) };
}

/** The environment of the poller, except its queue, table and secrets. */
export function pollerEnvironment(settings: Settings): Record<string, string> {
  const { poll } = settings;
  return {
    ...commonEnvironment(settings),
    ...ocrolusEnvironment(settings.ocrolus),
    ...checklistEnvironment(settings),
    POLL_REQUESTS_PER_SECOND: String(poll.requestsPerSecond),
    POLL_DISCOVER: String(poll.discover),
    ...(poll.discoverFrom !== undefined && { POLL_DISCOVER_FROM: poll.discoverFrom }),
  };
}

/** The environment of registration and rotation, except secrets and the webhook's URL. */
export function registrationEnvironment(settings: Settings): Record<string, string> {
  const { registration } = settings;
  return {
    ...commonEnvironment(settings),
    ...ocrolusEnvironment(settings.ocrolus),
    WEBHOOK_AUTHENTICATION: settings.webhookAuthentication,
    REGISTRATION_LEVEL: registration.level,
    REGISTRATION_EVENTS: registration.events?.join(',') ?? '',
    REGISTRATION_ENCODING: registration.encoding,
    REGISTRATION_TEST: registration.test,
  };
}

/** The environment of rotation: that of registration, and the overlap. */
export function rotationEnvironment(settings: Settings): Record<string, string> {
  return {
    ...registrationEnvironment(settings),
    ROTATION_OVERLAP_MINUTES: String(settings.registration.overlapMinutes),
  };
}

function ocrolusEnvironment(ocrolus: OcrolusAccess): Record<string, string> {
  return {
    OCROLUS_API_URL: ocrolus.apiUrl,
    OCROLUS_AUTH_URL: ocrolus.authUrl,
    ...(ocrolus.tokenFormat !== undefined && { OCROLUS_TOKEN_FORMAT: ocrolus.tokenFormat }),
    ...(ocrolus.audience !== undefined && { OCROLUS_AUDIENCE: ocrolus.audience }),
    OCROLUS_REQUESTS_PER_SECOND: String(ocrolus.requestsPerSecond),
    OCROLUS_HEAVY_REQUESTS_PER_SECOND: String(ocrolus.heavyRequestsPerSecond),
  };
}

/** Variables for the wanted results and the times of requests. Consumers and poller need the same values. */
function checklistEnvironment({ poll, results, retention }: Settings): Record<string, string> {
  // Only policies that differ from the defaults, each once: the environment of a Lambda is limited to 4 KiB.
  const named = POLICIES.flatMap((policy) => {
    const kinds = RESULT_KINDS.filter((kind) => results[kind] === policy && DEFAULT_RESULTS[kind] !== policy);
    return kinds.length === 0 ? [] : [[policy, kinds]];
  });
  return {
    POLL_MIN_SECONDS: String(poll.minSeconds),
    POLL_MAX_SECONDS: String(poll.maxSeconds),
    POLL_GRACE_SECONDS: String(poll.graceSeconds),
    POLL_HORIZON_DAYS: String(poll.horizonDays),
    ...(named.length > 0 && { RESULTS: JSON.stringify(Object.fromEntries(named)) }),
    ...days('RESULT_DAYS', retention.results),
    ...days('DOCUMENT_DAYS', retention.documents),
  };
}

/** Sets a variable if its number of days is set. */
function days(name: string, value: number | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: String(value) };
}
