import * as z from 'zod';
import { LEVELS } from '../../shared/ocrolus/webhooks/level.ts';
import { listSetting } from '../../shared/settings.ts';

/** The properties of the custom resource; CloudFormation turns every value into text. */
export const Properties = z.looseObject({
  account: z.string(),
  level: z.enum(LEVELS),
  url: z.url(),
  events: listSetting,
  /** `true`: the stack creates the ingress, perhaps in this deployment, so a failed test is repeated. */
  makesWayIn: z.enum(['true', 'false']).default('false'),
});

export type Properties = z.infer<typeof Properties>;

/**
 * Secrets of the account, from the properties of the custom resource: when an account is removed from a stage, the
 * function's settings lack it by the time its webhook is removed.
 */
export const OwnSecrets = z.looseObject({
  account: z.string(),
  credentials: z.string(),
  webhookSecret: z.string(),
});

const answered = {
  /** Pre-signed: any client with it can answer in place of this function, so it is never logged. */
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
};

/**
 * A request of CloudFormation (AWS: "Custom resource request types"). Properties are parsed later, where an error
 * can be reported to CloudFormation: a request without an answer blocks the deployment.
 */
export const CloudFormationEvent = z.looseObject({
  ...answered,
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.looseObject({}),
  /** Unix milliseconds, set by an invocation that hands the request over to another one. */
  testUntil: z.number().optional(),
  OldResourceProperties: z.looseObject({ url: z.string().optional().catch(undefined) }).optional(),
});

export type CloudFormationEvent = z.infer<typeof CloudFormationEvent>;

/** The bucket that CloudFormation puts answers into, in each region (AWS: "Custom resource request objects"). */
const RESPONSE_HOST =
  /^cloudformation-custom-resource-response-[a-z0-9-]+\.s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/;

/** True if a URL is one to which CloudFormation wants its answer, and not one that another caller chose. */
export function isOfCloudFormation(responseUrl: string): boolean {
  const { protocol, host } = new URL(responseUrl);
  return protocol === 'https:' && RESPONSE_HOST.test(host);
}

/** Requests of `ops` and the schedule. Without `account`: every account. */
export const Request = z.discriminatedUnion('action', [
  z.object({ action: z.literal('register'), account: z.string().optional() }),
  z.object({ action: z.literal('unregister'), account: z.string().optional() }),
  z.object({ action: z.literal('show'), account: z.string().optional() }),
  z.object({ action: z.literal('check') }),
  z.object({ action: z.literal('probe') }),
]);

export type Request = z.infer<typeof Request>;

/** Short form of the schedule's event. */
export const Check = z.looseObject({ check: z.literal(true) });
