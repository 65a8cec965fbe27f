import { changingCommand, type Run } from '../../stack-command.ts';

export function protectCommand(run: Run) {
  return changingCommand('protect', {
    summary: 'protect a deployed stack, and its load balancer, from deletion',
    description:
      'Set security.terminationProtection too, or the next deployment turns it off. Use --off before you delete the stack, or ' +
      'change ingress back to private.',
    status0: 'the protection is as asked for.',
    examples: [
      ['ops protect --stage prod', 'after the first deployment'],
      ['ops protect --off --stage prod', 'before the stack is deleted'],
    ],
  })
    .option('--off', 'turn protection off')
    .action((options) =>
      run(options, async ({ target, confirm }) => {
        const isOn = options.off !== true;
        await confirm(isOn ? 'protect it from deletion' : 'allow its deletion');
        const document = await target.protect(isOn);
        const { stack, loadBalancer } = document;
        const lines = [`stack: ${words(stack)}`];
        if (loadBalancer !== null) lines.push(`load balancer: ${words(loadBalancer)}`);
        lines.push(
          stack
            ? 'Keep security.terminationProtection: true in the settings: each deployment sets the stack to that value'
            : 'Take security.terminationProtection out of the settings, or the next deployment turns it on again',
        );
        return { document, text: lines.join('\n') };
      }),
    );
}

function words(isOn: boolean): string {
  return isOn ? 'protected from deletion' : 'not protected from deletion';
}
