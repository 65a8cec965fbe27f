import { PHRASES } from './phrases.ts';

/** A phrase to replace. */
export interface Hit {
  readonly line: number;
  readonly phrase: string;
  readonly instead: string;
}

/** The gap between two words: blanks, or a line break with the mark of a comment or quotation. */
const GAP = '(?:[ \\t]+|[ \\t]*\\n[ \\t]*(?:\\*|//|#|>)?[ \\t]*)';

const PATTERNS = Object.entries(PHRASES).map(([phrase, instead]) => ({
  pattern: new RegExp(`(?<![\\w-])(?:${phrase.replaceAll(' ', GAP)})(?![\\w-]|\\.\\w)`, 'gi'),
  instead,
}));

/** Finds phrases without a legitimate use in a text. */
export function findPhrases(text: string): Hit[] {
  return PATTERNS.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: text.slice(0, match.index).split('\n').length,
      phrase: match[0].replaceAll(/\s+(?:\*|\/\/|#|>)?\s*/g, ' '),
      instead,
    })),
  );
}
