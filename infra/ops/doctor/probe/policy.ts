import { KINDS, type Policy } from '../../../../shared/checklist/kinds.ts';
import { RESULT_KINDS, type ResultKind } from '../../../../shared/events/catalog.ts';
import type { Call } from '../../../../shared/ocrolus/calls.ts';
import type { ProbeAnswer } from './ask.ts';

/** Meaning of an answer for a kind of result. */
interface Meaning {
  readonly text: string;
  /** Suggested policy, if it is not the default. */
  readonly policy?: Policy;
}

/** A kind of result that was asked for, with the answer. */
export interface ProbedKind extends ProbeAnswer {
  readonly kindOfResult: ResultKind;
  readonly meaning: Meaning;
}

const FORBIDDEN = 403;

export function meaningOf(
  kind: ResultKind,
  { notEnabledCode, isFile }: Call,
  answered: ProbeAnswer,
): Meaning {
  const { defaultPolicy } = KINDS[kind];
  switch (answered.kind) {
    case 'ok':
      if (answered.rows !== undefined) return { text: `available, ${answered.rows} rows per request` };
      // A suggestion must not cost storage that nobody asked for.
      if (isFile === true) return { text: 'available, a file: not fetched unless you ask for it' };
      return defaultPolicy === 'never'
        ? { text: 'available, and not fetched unless you ask for it', policy: 'always' }
        : { text: 'available' };
    case 'not-yet':
      return { text: 'Ocrolus is not ready: ask about a book that is finished' };
    case 'permanent':
      return { text: 'this book has none' };
    case 'rejected':
      return { text: 'the request is wrong: docs/runbook.md#requests-rejected' };
    case 'failed':
      return { text: 'no usable answer: ask again' };
    default: {
      const isNotEnabled =
        answered.httpStatus === FORBIDDEN || answered.code === String(notEnabledCode ?? Number.NaN);
      if (!isNotEnabled) return { text: 'refused for this book: ask about another one' };
      return defaultPolicy === 'never'
        ? { text: 'not part of your contract' }
        : { text: 'probably not part of your contract', policy: 'never' };
    }
  }
}

/** Text of the setting `results`, to be copied into the stage's file. Kinds that are left out keep their default. */
export function settingOf(asked: readonly ProbedKind[]): string {
  const lines = RESULT_KINDS.flatMap((kind) => {
    const found = asked.find(({ kindOfResult }) => kindOfResult === kind);
    const policy = found?.meaning.policy;
    if (found === undefined || policy === undefined) return [];
    const key = /^\w+$/.test(kind) ? kind : `'${kind}'`;
    return [
      `  ${key}: '${policy}', // ${found.httpStatus} ${found.code ?? ''}`
        .trimEnd()
        .concat(`: ${found.meaning.text}`),
    ];
  });
  return lines.length === 0 ? 'results: {}, // the defaults fit' : `results: {\n${lines.join('\n')}\n},`;
}
