import { api, stage } from './api.ts';
import { buckets } from './buckets.ts';
import { eventSources, functions } from './functions.ts';
import { key, operatorPolicies, roles, secrets } from './identity.ts';
import { firewall, loadBalancer, record } from './load-balancer.ts';
import { alarms, dashboard, logs, topic } from './monitoring.ts';
import { endpoint, vpc } from './network.ts';
import { queues } from './queues.ts';
import type { ReadBack } from './read-back.ts';
import { schedules } from './schedules.ts';
import { table } from './table.ts';

/** Everything that is read back. */
export const READ_BACKS: readonly ReadBack[] = [
  queues,
  table,
  buckets,
  functions,
  eventSources,
  api,
  stage,
  roles,
  operatorPolicies,
  key,
  secrets,
  schedules,
  alarms,
  dashboard,
  topic,
  logs,
  vpc,
  endpoint,
  loadBalancer,
  record,
  firewall,
];

/** What the emulator (moto 5.2) does not know: types, with where they are asserted instead. */
export const NOT_EMULATED: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': 'test/infra/webhook-api.test.ts',
  'AWS::ApiGateway::BasePathMappingV2': 'test/infra/ingress/domain-name.test.ts',
  'AWS::ApiGateway::DomainNameAccessAssociation': 'test/infra/ingress/domain-name.test.ts',
  'AWS::ApiGateway::DomainNameV2': 'test/infra/ingress/domain-name.test.ts',
  'AWS::CloudWatch::CompositeAlarm': 'read-back/monitoring.ts, against the alarms that were made',
  'AWS::EC2::SecurityGroupEgress': 'test/infra/ingress/ingress.test.ts',
  'AWS::Logs::QueryDefinition': 'read-back/monitoring.ts, against the groups that were made',
  'AWS::SecretsManager::RotationSchedule':
    'read-back/identity.ts, against secrets and functions that were made',
  'AWS::XRay::SamplingRule': 'test/infra/webhook-api.test.ts',
};
