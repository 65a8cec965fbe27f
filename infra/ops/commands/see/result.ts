import { Argument } from '@commander-js/extra-typings';
import { RESULT_KINDS, type ResultKind } from '../../../../shared/events/catalog.ts';
import { type Reader, UnknownBookError } from '../../../../shared/store/reader.ts';
import { bookId } from '../../options.ts';
import { type Run, stackCommand } from '../../stack-command.ts';

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
    .argument('<uuid>', 'the book; or pk-<number>, while its uuid is not known', bookId)
    .addArgument(new Argument('<kind>', 'what kind of result').choices(RESULT_KINDS))
    .argument(
      '[subject]',
      "what it is about, such as the uuid of a document; without it: the book's own result, else the first one",
    )
    .action((book, kind, subject, options) =>
      run(options, async ({ target: { reader } }) => {
        const stream = await reader.resultStream(book, kind, subject);
        if (stream === undefined) throw await failureOf(reader, book);
        if (subject === undefined) await noteOthers(reader, book, kind);
        return { stream };
      }),
    );
}

async function failureOf(reader: Reader, book: string): Promise<Error> {
  if ((await reader.book(book)) === undefined) return new UnknownBookError(book);
  return new Error(`no such result of book ${book}; "ops book ${book}" lists those there are`);
}

/** Names other subjects, which the operator may not know. */
async function noteOthers(reader: Reader, book: string, kind: ResultKind): Promise<void> {
  const results = await reader.results(book);
  // A later page is part of a result.
  const subjects = results
    .filter((result) => result.kind === kind && result.set?.offset === undefined)
    .map(({ subject }) => subject);
  if (subjects.length < 2) return;
  const shown = subjects.find((subject) => subject === book) ?? subjects[0];
  const others = subjects.filter((subject) => subject !== shown).join(' ');
  process.stderr.write(`${kind} of ${shown}; add a subject for another one: ${others}\n`);
}
