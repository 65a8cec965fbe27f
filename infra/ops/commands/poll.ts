import * as z from 'zod';
import { type Run, stackCommand } from '../stack-command.ts';

/** The poller's report, as far as it is read here. A stage that was deployed before has no `problems`. */
const Report = z.looseObject({
  ran: z.boolean().optional(),
  discovered: z.number().default(0),
  polled: z.number().default(0),
  sent: z.number().default(0),
  refused: z.number().default(0),
  failed: z.number().default(0),
  problems: z.array(z.object({ account: z.string(), code: z.string() })).default([]),
});

/** It does not ask for confirmation: the schedule does the same every few minutes. */
export function pollCommand(run: Run) {
  return stackCommand('poll', {
    summary: 'run the poller once, now',
    description: 'Books with missing results are polled even if they are not due.',
    status0:
      'every account could be asked; single books may have failed, and another run may have been in progress ("ran": false).',
    examples: [
      ['ops poll', 'in the local stack'],
      ['ops poll --stage prod', 'after an outage, to fetch what was missed immediately'],
    ],
  }).action((options) =>
    run(options, async ({ target }) => {
      const document = await target.poll();
      const report = Report.parse(document);
      const problems = report.problems.map(
        ({ account, code }) => `${account} could not be asked: ${code} (docs/runbook.md#ocrolus-auth)`,
      );
      const text = [describe(report), ...problems].join('\n');
      return { document, text, isProblem: problems.length > 0 };
    }),
  );
}

function describe({ ran, discovered, polled, sent, refused, failed }: z.infer<typeof Report>): string {
  // The lease of a run that was killed lasts as long as the function may run.
  if (ran === false)
    return 'nothing was done: another run is in progress, for 5 minutes at most; try again later';
  const exceptions = [
    refused > 0 ? `; Ocrolus refused to show ${refused}` : '',
    failed > 0 ? `; ${failed} are left to the next run` : '',
  ].join('');
  return `${polled} books polled, ${discovered} discovered, ${sent} messages sent${exceptions}`;
}
