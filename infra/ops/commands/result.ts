import { Argument } from '@commander-js/extra-typings';
import { RESULT_KINDS, type ResultKind } from '../../../shared/events/catalog.ts';
import { normaliseUuid } from '../../../shared/events/read-ids.ts';
import type { Reader } from '../../../shared/store/reader.ts';
import { type Run, stackCommand } from '../stack-command.ts';

export function resultCommand(run: Run) {
  return stackCommand('result', {
    summary: 'the body of a result, exactly as Ocrolus sent it',
    printsBytes: true,
    status0: 'the result is stored.',
    examples: [
      ['ops result 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f summary', 'of a book'],
      ['ops result 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f forms DOC_UUID > forms.json', 'of one document'],
    ],
  })
    .argument('<uuid>', 'the book')
    .addArgument(new Argument('<kind>', 'what kind of result').choices(RESULT_KINDS))
    .argument(
      '[subject]',
      "what it is about, such as the uuid of a document; without it: the book's own result, else the first one",
    )
    .action((bookId, kind, subject, options) =>
      run(options, async ({ target: { reader } }) => {
        const stream = await reader.resultStream(bookId, kind, subject);
        if (stream === undefined) throw new Error(`no such result of book ${bookId}`);
        if (subject === undefined) await noteOthers(reader, bookId, kind);
        return { stream };
      }),
    );
}

/** Names other subjects, which the operator may not know. */
async function noteOthers(reader: Reader, bookId: string, kind: ResultKind): Promise<void> {
  const results = await reader.results(bookId);
  // A later page is part of a result.
  const subjects = results
    .filter((result) => result.kind === kind && result.set?.offset === undefined)
    .map(({ subject }) => subject);
  if (subjects.length < 2) return;
  const shown = subjects.find((subject) => subject === (normaliseUuid(bookId) ?? bookId)) ?? subjects[0];
  const others = subjects.filter((subject) => subject !== shown).join(' ');
  process.stderr.write(`${kind} of ${shown}; add a subject for another one: ${others}\n`);
}
