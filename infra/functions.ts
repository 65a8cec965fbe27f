import { CHANNELS, type Channel } from '../shared/events/channels.ts';

/** Functions with a folder of their own. */
const SINGLE = ['webhook', 'poller', 'registration', 'rotation'] as const;

/** Every Lambda of the stack: the single ones, and one consumer per channel, named like its channel. */
export type FunctionName = (typeof SINGLE)[number] | Channel;

export const FUNCTION_NAMES: readonly FunctionName[] = [...SINGLE, ...CHANNELS];

/** Where a function's source starts, seen from the project's root. */
export function entryPoint(name: FunctionName): string {
  const isSingle = SINGLE.some((single) => single === name);
  return isSingle ? `functions/${name}/handler.ts` : `functions/consumers/channels/${name}.ts`;
}
