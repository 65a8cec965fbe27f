import { type FaultProfile, type PortFaults, QUIET } from '../kernel/faults.ts';
import { NO_FAULTS, type ServiceFaults } from '../system/core.ts';
import type { FaultSet } from './episodes.ts';

/** Several sets of faults as one: of each probability the highest. */
export function inForce(sets: readonly FaultSet[]): {
  readonly ports: FaultProfile;
  readonly services: ServiceFaults;
} {
  const of = <Part>(read: (set: FaultSet) => Part | undefined) => sets.flatMap((set) => read(set) ?? []);
  const highest = (values: readonly number[], least: number) => Math.max(least, ...values);
  return {
    ports: {
      ports: joinPorts(of(({ ports }) => ports)),
      index: Object.assign({}, QUIET.index, ...of(({ index }) => index)),
      queue: Object.assign({}, QUIET.queue, ...of(({ queue }) => queue)),
      pageItems: Math.min(QUIET.pageItems, ...of(({ pageItems }) => pageItems)),
      lateExisting: highest(
        of(({ lateExisting }) => lateExisting),
        0,
      ),
    },
    services: {
      skewMs: highest(
        of(({ skewMs }) => skewMs),
        0,
      ),
      api: Object.assign({}, NO_FAULTS.api, ...of(({ api }) => api)),
      delivery: Object.assign({}, NO_FAULTS.delivery, ...of(({ delivery }) => delivery)),
      killed: Object.assign({}, NO_FAULTS.killed, ...of(({ killed }) => killed)),
    },
  };
}

/** The faults of the same port, one over the other. */
function joinPorts(sets: readonly Readonly<Record<string, Partial<PortFaults>>>[]) {
  const joined: Record<string, Partial<PortFaults>> = {};
  for (const ports of sets) {
    for (const [name, faults] of Object.entries(ports)) joined[name] = { ...joined[name], ...faults };
  }
  return joined;
}
