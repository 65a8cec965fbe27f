import * as z from 'zod';
import {
  isNoReport,
  NoReport,
  RegistrationReport,
  TICK_EVENTS,
} from '../../../shared/ocrolus/webhooks/reports.ts';
import { HEALTH_CHECKS } from '../health/checks.ts';
import type { SystemContext } from '../health/context.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { LEFTOVERS } from './leftovers.ts';

const Reports = z.array(z.union([NoReport, RegistrationReport]));

export const SYSTEM_CHECKS: readonly Check<SystemContext>[] = [
  ...HEALTH_CHECKS,
  {
    name: 'registration',
    otherwise: 'docs/runbook.md#upkeep-errors',
    async run({ target, which }) {
      const reports = Reports.parse(await target.invoke('registration', { action: 'show' }));
      const unasked = reports.filter(isNoReport);
      if (unasked.length > 0) {
        return fail(
          unasked.map(({ account, error }) => `${account}: ${error}`).join('; '),
          'check the API credentials; docs/runbook.md#ocrolus-unavailable',
        );
      }
      const names = (some: typeof reports) => some.map(({ account }) => account).join(', ');
      const waiting = reports.filter((report) => !isNoReport(report) && report.waitsForDashboard);
      if (waiting.length > 0) {
        return warn(
          `waiting for the Dashboard: ${names(waiting)}`,
          `${TICK_EVENTS}${which}; ops registration${which} lists them`,
        );
      }
      const differing = reports.filter((report) => !isNoReport(report) && report.drift);
      return differing.length === 0
        ? ok(`matches the settings: ${names(reports)}`)
        : fail(`differs: ${names(differing)}`, `ops registration${which}, then ops register${which}`);
    },
  },
  LEFTOVERS,
];
