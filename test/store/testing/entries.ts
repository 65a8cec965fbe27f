import type { Entry } from '../../../shared/checklist/entry.ts';
import { second } from './observations.ts';

export const wanted = (more: Partial<Entry> = {}): Entry => ({
  state: 'wanted',
  version: 1,
  since: second(10),
  attempts: 0,
  nextAt: second(10),
  openedAt: second(10),
  ...more,
});
