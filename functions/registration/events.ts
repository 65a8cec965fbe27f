import * as z from 'zod';
import { CustomResourceRequest } from '../../shared/custom-resource/request.ts';
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
  // As in the settings: in a forged request, `..` would lead to another path.
  account: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  credentials: z.string(),
  webhookSecret: z.string(),
});

/** A request of CloudFormation, also one that an invocation of this function has handed over. */
export const CloudFormationEvent = CustomResourceRequest.extend({
  /** Unix milliseconds, set by an invocation that hands the request over to another one. */
  testUntil: z.number().optional(),
  OldResourceProperties: z.looseObject({ url: z.string().optional().catch(undefined) }).optional(),
});

export type CloudFormationEvent = z.infer<typeof CloudFormationEvent>;

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
