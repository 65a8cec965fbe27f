import type { Command } from '../command.ts';

export const protect: Command = {
  usage: 'protect --stage NAME [--off]',
  summary:
    'protect a deployed stack, and its load balancer, from deletion; --off: before it is to be deleted, or before\n' +
    '      ingress goes back to private. Set security.terminationProtection too, or the next deployment turns it off',
  status0: 'the protection is as asked for',
  options: { off: { type: 'boolean' } },
  async run(target, call) {
    const document = await target.protect(!call.flag('off'));
    const { stack, loadBalancer } = document;
    const lines = [`stack: ${words(stack)}`];
    if (loadBalancer !== null) lines.push(`load balancer: ${words(loadBalancer)}`);
    lines.push(
      stack
        ? 'Keep security.terminationProtection: true in the settings: each deployment sets the stack to what they say'
        : 'Take security.terminationProtection out of the settings, or the next deployment turns it on again',
    );
    return { document, text: lines.join('\n') };
  },
};

function words(isOn: boolean): string {
  return isOn ? 'protected from deletion' : 'not protected from deletion';
}
