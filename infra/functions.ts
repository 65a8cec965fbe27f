import { CHANNELS, type Channel } from '../shared/events/channels.ts';

/** Functions of every stage that have their own folder. */
const SINGLE = ['webhook', 'poller', 'registration', 'rotation', 'publisher', 'storage'] as const;

/** Functions that only some stages have: with the setting `probeMinutes`. */
const OPTIONAL = ['probe'] as const;

export type FunctionName = (typeof SINGLE)[number] | (typeof OPTIONAL)[number] | Channel;

/** The Lambdas of every stage: the single ones, and one consumer per channel, named like its channel. */
export const FUNCTION_NAMES: readonly FunctionName[] = [...SINGLE, ...CHANNELS];

/** Every Lambda that a stage may have. */
export const ALL_FUNCTION_NAMES: readonly FunctionName[] = [...FUNCTION_NAMES, ...OPTIONAL];

export function entryPoint(name: FunctionName): string {
  const isConsumer = CHANNELS.some((channel) => channel === name);
  return isConsumer ? `functions/consumers/channels/${name}.ts` : `functions/${name}/handler.ts`;
}

/** Name of the CloudFormation stack of a stage that has its own. */
export function stackName(stage: string): string {
  return `ocrolus-webhooks-${stage}`;
}
