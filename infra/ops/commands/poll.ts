import { type Run, stackCommand } from '../stack-command.ts';

/** It asks nobody: the schedule does the same every few minutes. */
export function pollCommand(run: Run) {
  return stackCommand('poll', {
    summary: 'run the poller once, now',
    description: 'Books that lack something are polled whether they are due or not.',
    status0: 'the poller answered, which it does, too, when another run is under way or books failed.',
    examples: [
      ['ops poll', 'in the local stack'],
      ['ops poll --stage prod', 'after an outage, to fetch at once what was missed'],
    ],
  }).action((options) =>
    run(options, async ({ target }) => {
      const document = await target.poll();
      return { document, text: JSON.stringify(document) };
    }),
  );
}
