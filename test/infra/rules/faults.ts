import { alarmsLookBackFarEnough, alarmsWatchWhatExists } from './alarms.ts';
import { privateApiHasPolicy } from './api.ts';
import { endpointServicesExist, privateDnsIsResolved } from './endpoints.ts';
import { eventSourcesFit, redriveIsSafe } from './queues.ts';
import { schedulesAreWellFormed } from './schedules.ts';
import { documentsFit, environmentsFit, inlinePoliciesFit, namesFit, stackFits } from './sizes.ts';
import type { CloudFormation, Rule } from './template.ts';

/** What `cfn-lint` and CDK do not see, and AWS does: at deployment, or never. */
const RULES: readonly Rule[] = [
  alarmsLookBackFarEnough,
  alarmsWatchWhatExists,
  documentsFit,
  endpointServicesExist,
  environmentsFit,
  eventSourcesFit,
  inlinePoliciesFit,
  namesFit,
  privateApiHasPolicy,
  privateDnsIsResolved,
  redriveIsSafe,
  schedulesAreWellFormed,
  stackFits,
];

/** Everything that is wrong with a template, a line each. */
export function faultsIn(template: CloudFormation): string[] {
  return RULES.flatMap((rule) => rule(template));
}
