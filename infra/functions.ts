import { CHANNELS, type Channel } from '../shared/events/channels.ts';

/** Functions that have their own folder. */
const SINGLE = ['webhook', 'poller', 'registration', 'rotation', 'probe'] as const;

/** Every Lambda of the stack: the single ones, and one consumer per channel, named like its channel. */
export type FunctionName = (typeof SINGLE)[number] | Channel;

export const FUNCTION_NAMES: readonly FunctionName[] = [...SINGLE, ...CHANNELS];

/** The entry point of a function, relative to the project's root. */
export function entryPoint(name: FunctionName): string {
  const isSingle = SINGLE.some((single) => single === name);
  return isSingle ? `functions/${name}/handler.ts` : `functions/consumers/channels/${name}.ts`;
}

/** Name of a stage's CloudFormation stack, which the app creates and `ops` looks up. */
export function stackName(stage: string): string {
  return `ocrolus-webhooks-${stage}`;
}
