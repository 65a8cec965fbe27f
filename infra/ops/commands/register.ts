import * as z from 'zod';
import { isNoReport, NoReport, RegisterReport } from '../../../shared/ocrolus/webhooks/reports.ts';
import type { Command } from '../command.ts';

const Reports = z.array(z.union([NoReport, RegisterReport]));

export const register: Command = {
  usage: 'register [--account A]',
  summary: 'register the webhook with Ocrolus, as a deployment with registration.enabled does',
  status0: 'every account is registered',
  options: { account: { type: 'string' } },
  async run(target, call) {
    const account = call.text('account');
    const event = { action: 'register', ...(account !== undefined && { account }) };
    const results = Reports.parse(await target.invoke('registration', event));
    const failed = results.filter(isNoReport);
    if (failed.length > 0)
      throw new Error(failed.map(({ account, error }) => `${account}: ${error}`).join('\n'));
    return { document: results, text: results.map(describe).join('\n') };
  },
};

function describe(result: NoReport | RegisterReport): string {
  if (isNoReport(result)) return '';
  const { missing, dropped } = result.difference;
  const lines = [`${result.account}: ${result.url}, ${result.events.length} events, test: ${result.test}`];
  if (missing.length > 0) lines.push(`  Ocrolus left out: ${missing.join(', ')}`);
  if (dropped.length > 0) lines.push(`  Ocrolus left out, as was to be expected: ${dropped.join(', ')}`);
  if (result.replaced !== undefined) lines.push(`  in place of: ${result.replaced}`);
  return lines.join('\n');
}
