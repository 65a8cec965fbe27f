import * as z from 'zod';
import {
  isNoReport,
  NoReport,
  RegistrationReport,
  TICK_EVENTS,
} from '../../../shared/ocrolus/webhooks/reports.ts';
import { type Check, fail, ok, type SystemContext, warn } from '../doctor/check.ts';
import type { Target } from '../target/target.ts';
import { todoOf } from './ocrolus.ts';

const Reports = z.array(z.union([NoReport, RegistrationReport]));

/** Compares what Ocrolus has registered with the settings. @returns a report of each account, or why it has none. */
export async function readRegistration(target: Pick<Target, 'invoke'>) {
  return Reports.parse(await target.invoke('registration', { action: 'show' }));
}

export const REGISTRATION: Check<SystemContext> = {
  name: 'registration',
  otherwise: 'docs/runbook.md#upkeep-errors',
  everySeconds: 300,
  async run({ target, which }) {
    const reports = await readRegistration(target);
    const unasked = reports.filter(isNoReport);
    if (unasked.length > 0) {
      const found = unasked.map(({ account, error }) => `${account}: ${error}`).join('; ');
      return fail(found, todoOf(found, which), { concerns: unasked.map(({ account }) => account) });
    }
    const accountsOf = (some: typeof reports) => some.map(({ account }) => account);
    const waiting = reports.filter((report) => !isNoReport(report) && report.waitsForDashboard);
    if (waiting.length > 0) {
      return warn(
        `waiting for the Dashboard: ${accountsOf(waiting).join(', ')}`,
        `${TICK_EVENTS}${which}; ops registration${which} lists them; docs/runbook.md#registration-drift`,
        { concerns: accountsOf(waiting) },
      );
    }
    const differing = reports.filter((report) => !isNoReport(report) && report.drift);
    return differing.length === 0
      ? ok(`matches the settings: ${accountsOf(reports).join(', ')}`)
      : fail(
          `differs: ${accountsOf(differing).join(', ')}`,
          `ops registration${which}, then ops register${which}; docs/runbook.md#registration-drift`,
          { concerns: accountsOf(differing) },
        );
  },
};
