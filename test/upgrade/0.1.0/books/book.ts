import { CAPTURE_ONLY, isAvailable, type PlayedBook, type PlayedDocument } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';

/** @param n of the book; its pk is 90000 + n. The documents of a book are `<uuid>-d1` and so on. */
export function bookOf(uuid: string, n: number, more: Partial<PlayedBook> = {}): PlayedBook {
  const { answers, ...rest } = more;
  return {
    uuid,
    pk: String(90_000 + n),
    account: 'north',
    status: 'VERIFIED',
    documents: [documentOf(`${uuid}-d1`, 10 * n + 1)],
    ...rest,
    answers: { ...CAPTURE_ONLY, ...answers },
  };
}

/** @param n its pk is 700000 + n. */
export function documentOf(uuid: string, n: number, more: Partial<PlayedDocument> = {}): PlayedDocument {
  return { uuid, pk: String(700_000 + n), status: 'VERIFICATION_COMPLETE', detect: 'COMPLETED', ...more };
}

/** Expects that everything in Ocrolus is stored, and that the book is complete. The index of the fixture says what each book shows. */
export function allStored(ocrolus: PlayedBook, more: Partial<UpgradedBook> = {}): UpgradedBook {
  return {
    bookId: ocrolus.uuid,
    ocrolus,
    status: ocrolus.status,
    complete: true,
    stored: everythingOf(ocrolus),
    detected: detectedOf(ocrolus),
    ...more,
  };
}

const CAPTURED = new Set(['VERIFICATION_COMPLETE', 'COMPLETED']);

/** Forms and transactions of captured documents, and every other result that Ocrolus has. */
function everythingOf({ documents, answers }: PlayedBook): string[] {
  const captured = documents.filter(({ status }) => CAPTURED.has(status));
  const ofDocuments = captured.flatMap(({ uuid }) => [`forms#${uuid}`, `transactions#${uuid}`]);
  const others = Object.entries(answers)
    .filter(([name, answer]) => isAvailable(answer) && !/^(forms|transactions|signals)(#|$)/.test(name))
    .map(([name]) => name);
  return [...ofDocuments, ...others];
}

function detectedOf({ documents }: PlayedBook): Record<string, string> {
  const listed = documents.flatMap(({ uuid, detect }) =>
    detect === undefined ? [] : [[uuid, detect] as const],
  );
  return Object.fromEntries(listed);
}
