import { Argument } from '@commander-js/extra-typings';
import { RESULT_KINDS } from '../../../shared/events/catalog.ts';
import { type Run, stackCommand } from '../stack-command.ts';

export function resultCommand(run: Run) {
  return stackCommand('result', {
    summary: 'the body of a result, exactly as Ocrolus sent it',
    description: 'Bytes, not a table: --json changes nothing, because the body is JSON already.',
    status0: 'the result is stored.',
    examples: [
      ['ops result 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f summary', 'of a book'],
      ['ops result 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f forms DOC_UUID > forms.json', 'of one document'],
    ],
  })
    .argument('<uuid>', 'the book')
    .addArgument(new Argument('<kind>', 'what kind of result').choices(RESULT_KINDS))
    .argument('[subject]', 'what it is about, such as the uuid of a document; the book when left out')
    .action((bookId, kind, subject, options) =>
      run(options, async ({ target: { reader } }) => {
        const stream = await reader.resultStream(bookId, kind, subject);
        if (stream === undefined) throw new Error(`no such result of book ${bookId}`);
        return { stream };
      }),
    );
}
