import * as z from 'zod';
import { type Run, stackCommand } from '../../stack-command.ts';

/** The part of the poller's report (functions/poller/poll.ts) that is read here. */
const Report = z.looseObject({
  discovered: z.number().default(0),
  polled: z.number().default(0),
  isBehind: z.boolean().default(false),
  problems: z.array(z.object({ account: z.string(), code: z.string() })).default([]),
});

/** Asks for no confirmation: the schedule does the same every few minutes. */
export function pollCommand(run: Run) {
  return stackCommand('poll', {
    summary: 'run the poller once, now',
    description:
      'Hands the books with missing results over to the consumers, even if they are not due. What the consumers store of them is ' +
      'there some seconds later: ops missing, ops tail.',
    status0: 'the books were handed over, and the list of every account could be read.',
    examples: [
      ['ops poll', 'in the local stack'],
      ['ops poll --stage prod', 'after an outage, to fetch what was missed immediately'],
    ],
  }).action((options) =>
    run(options, async ({ target }) => {
      const document = await target.poll();
      const report = Report.parse(document);
      const problems = report.problems.map(
        ({ account, code }) => `${account} could not be asked: ${code} (docs/runbook.md#ocrolus-unavailable)`,
      );
      const text = [describe(report), ...problems].join('\n');
      return { document, text, isProblem: problems.length > 0 };
    }),
  );
}

function describe({ discovered, polled, isBehind }: z.infer<typeof Report>): string {
  const rest = isBehind ? '; the others are left to the next runs' : '';
  return `${polled} books handed over, ${discovered} discovered${rest}`;
}
