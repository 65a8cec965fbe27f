import type { SettingsInput } from '../../../infra/config/settings.ts';
import { ALLOWLISTED, IMPORTED_VPC } from '../ingress/settings.ts';

/** One change of each setting that a running stage may change. `stage` is not among them: that is another stack. */
export const CHANGES: readonly Omit<SettingsInput, 'stage'>[] = [
  { accounts: ['default', 'lending'] },
  { network: IMPORTED_VPC },
  { network: { vpcEndpointId: 'vpce-0123456789abcdef0' } },
  { ingress: ALLOWLISTED },
  { registration: { enabled: true } },
  { registration: { rotationDays: 30, overlapMinutes: 60 } },
  { alarms: { emails: ['operations@example.com'] } },
  { alarms: { queueAgeMinutes: { results: 5 } } },
  { webhookAuthentication: 'both' },
  { freshnessSeconds: 1200 },
  { allowUnsigned: true },
  { secretCacheSeconds: 60 },
  { ocrolus: { requestsPerSecond: 40, tokenFormat: 'form' } },
  { poll: { minutes: 10 } },
  { poll: { horizonDays: 60, discover: false, discoverFrom: '2026-01-01' } },
  { results: { income: 'always', 'suspicious-activity': 'never' } },
  { ledgerDays: 365 },
  { retention: { results: 365, payloads: 90, documents: 730 } },
  { logRetentionDays: 365 },
  { logLevel: 'DEBUG' },
  { removalPolicy: 'destroy' },
  { security: { permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary' } },
  { security: { logDataProtection: false, bucketAccessLogs: { bucketName: 'logs-of-the-account' } } },
  { throttle: { rate: 500, burst: 1000 } },
  { webhookReservedConcurrency: 50 },
  { consumerMaximumConcurrency: 20 },
  { apiGatewayLogRole: false },
  { tags: { owner: 'lending' } },
];
