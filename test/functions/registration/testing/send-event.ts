import {
  type CloudFormationDependencies,
  onCloudFormationEvent,
} from '../../../../functions/registration/cloud-formation.ts';
import { CloudFormationEvent } from '../../../../functions/registration/events.ts';
import { fakeFetch } from '../../../shared/ocrolus/testing/fake-fetch.ts';
import { HERE, type openHarness, REGISTRATION } from './harness.ts';

export const PROPERTIES = {
  ServiceToken: 'arn',
  account: 'default',
  level: 'account',
  url: HERE,
  events: 'BOOK_VERIFIED',
};
export const RESPONSE_URL = 'https://cloudformation.example/answer?X-Amz-Signature=abc';

export interface Circumstances {
  readonly answer?: () => Response;
  readonly more?: Partial<CloudFormationDependencies>;
  readonly remaining?: number;
}

/** Sends an event as CloudFormation does. @returns what CloudFormation was told. */
export async function sendEvent(
  harness: ReturnType<typeof openHarness>,
  event: object,
  { answer, more, remaining = 60_000 }: Circumstances = {},
) {
  const sent = CloudFormationEvent.parse({
    ...{ RequestType: 'Create', ResponseURL: RESPONSE_URL, StackId: 'stack', RequestId: 'request' },
    ...{ LogicalResourceId: 'Webhook', ResourceProperties: PROPERTIES },
    ...event,
  });
  const fake = fakeFetch(answer ?? (() => new Response('')));
  const registrations = [{ ...REGISTRATION, url: HERE }];
  const own = { ...harness.dependencies, registrations, stackStatus: async () => 'UPDATE_IN_PROGRESS' };
  await onCloudFormationEvent(sent, { ...own, ...more }, Date.now() + remaining, fake.send);
  return fake.sent.map(({ body, ...request }) => ({ ...request, told: JSON.parse(body) }));
}
