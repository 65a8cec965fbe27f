import { CHANNELS, type Channel } from '../shared/events/channels.ts';

/** Functions that have their own folder. */
const SINGLE = ['webhook', 'poller', 'registration', 'rotation', 'probe'] as const;

/** Only in a stage that adopts a table or a bucket. */
const STORAGE = 'storage';

export type FunctionName = (typeof SINGLE)[number] | Channel | typeof STORAGE;

/** The Lambdas of every stage: the single ones, and one consumer per channel, named like its channel. */
export const FUNCTION_NAMES: readonly FunctionName[] = [...SINGLE, ...CHANNELS];

/** Every Lambda that a stage may have. */
export const ALL_FUNCTION_NAMES: readonly FunctionName[] = [...FUNCTION_NAMES, STORAGE];

/** The entry point of a function, relative to the project's root. */
export function entryPoint(name: FunctionName): string {
  const isSingle = [...SINGLE, STORAGE].some((single) => single === name);
  return isSingle ? `functions/${name}/handler.ts` : `functions/consumers/channels/${name}.ts`;
}

/** Name of a stage's CloudFormation stack, which the app creates and `ops` looks up. */
export function stackName(stage: string): string {
  return `ocrolus-webhooks-${stage}`;
}
