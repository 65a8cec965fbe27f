import type { Mutation } from '../mutation.ts';
import { ASKING } from './asking.ts';
import { MARKING } from './marking.ts';
import { OBSERVING } from './observing.ts';
import { RUNNING } from './running.ts';
import { STORING } from './storing.ts';

export const MUTATIONS: readonly Mutation[] = [...ASKING, ...MARKING, ...OBSERVING, ...STORING, ...RUNNING];
