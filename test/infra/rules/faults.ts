import { alarmsLookBackFarEnough, alarmsWatchWhatExists } from './alarms.ts';
import { privateApiHasPolicy } from './api.ts';
import { endpointServicesExist, privateDnsIsResolved } from './endpoints.ts';
import { eventSourcesFit, redriveIsSafe } from './queues.ts';
import { schedulesAreWellFormed } from './schedules.ts';
import { documentsFit, environmentsFit, inlinePoliciesFit, namesFit, stackFits } from './sizes.ts';
import type { CloudFormation, Rule } from './template.ts';

/** Rules that `cfn-lint` and CDK do not have. AWS refuses such faults at deployment, or never. */
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

/** The faults of a template, one per line. */
export function faultsIn(template: CloudFormation): string[] {
  return RULES.flatMap((rule) => rule(template));
}
