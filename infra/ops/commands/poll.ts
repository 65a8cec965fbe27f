import type { Command } from '../command.ts';

export const poll: Command = {
  usage: 'poll',
  summary: 'run the poller once, now',
  status0: 'the poller answered, which it does, too, when another run is under way or books failed',
  async run(target) {
    const document = await target.poll();
    return { document, text: JSON.stringify(document) };
  },
};
