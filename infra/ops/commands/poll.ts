import type { Command } from '../command.ts';

export const poll: Command = {
  usage: 'poll',
  summary: 'run the poller once, now',
  async run(target) {
    const document = await target.poll();
    return { document, text: JSON.stringify(document) };
  },
};
