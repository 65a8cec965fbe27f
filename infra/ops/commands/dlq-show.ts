import { printable } from '../../command-line/printable.ts';
import { describeWhy } from '../dead-letters/examine.ts';
import { type DeadLetterDetails, findById } from '../dead-letters/find-by-id.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';

export function dlqShowCommand(run: Run) {
  return stackCommand('show', {
    summary: 'one dead letter: ids, codes and times, without its body',
    status0: 'it is in a dead-letter queue.',
    examples: [['ops dlq show DELIVERY_ID --stage prod', 'by the id that "ops dlq" shows']],
  })
    .argument('<id>', 'of the delivery, or of the message where it cannot be read')
    .action((id, _, command) => run(command.optsWithGlobals(), (session) => show(session, id)));
}

async function show({ target }: Session, id: string): Promise<Output> {
  const document = await findById(target, id);
  if (document.length === 0) throw new Error(`${id} is in no dead-letter queue`);
  return { document, text: document.map(textOf).join('\n\n') };
}

function textOf(letter: DeadLetterDetails): string {
  const { ids, codes: _, why: __, outcome: ___, ...facts } = letter;
  return Object.entries({ ...facts, ...ids, why: describeWhy(letter) })
    .map(([name, value]) => `${name.padEnd('uploadedDocUuid'.length)}  ${printable(String(value ?? '-'))}`)
    .join('\n');
}
