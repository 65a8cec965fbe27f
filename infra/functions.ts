import { CHANNELS, type Channel } from '../shared/events/channels.ts';

/** Every Lambda of the stack: the webhook, the poller, and one consumer per channel, named like its channel. */
export type FunctionName = 'webhook' | 'poller' | Channel;

export const FUNCTION_NAMES: readonly FunctionName[] = ['webhook', 'poller', ...CHANNELS];

/** Where a function's source starts, seen from the project's root. */
export function entryPoint(name: FunctionName): string {
  if (name === 'webhook' || name === 'poller') return `functions/${name}/handler.ts`;
  return `functions/consumers/${name}.ts`;
}
