import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorsOf, ROOT } from './markdown.ts';

/** A page of the repository with or without a heading, or a decision by its number. */
const CITATION = /\bdocs\/(?:decisions\/\d{4}(?!-|\d)|[\w./-]+\.md(?:#[\w-]+)?)/g;

/** Ways to cite that name no page, or documents that are not in the repository. */
const OUTDATED = [
  /\bdomain reference\b/gi,
  /\bocrolus:? sections?\b/gi,
  /\(ocrolus:? \d[\d.]*/gi,
  /\(ocrolus: (?:section|[a-z]+-[a-z-]+)[^()]*\)/g,
  /\bocrolus help\b/gi,
  /\bdesign(?:'s)? sections?\b/gi,
  /\bsections? \d+/gi,
  /(?<!\[)\bdecision \d{4}\b/gi,
  /\bdocs\/[a-z-]+: /g,
] as const;

/** Citations of a text, in order. */
export function citationsIn(text: string): string[] {
  return text.match(CITATION) ?? [];
}

/** Citations of a text that are not of the form `docs/<page>.md#<heading>`, `docs/decisions/<number>` or a URL. */
export function outdatedIn(text: string): string[] {
  // A comment may be wrapped within a citation.
  const flat = text.replaceAll(/\s*\n\s*(?:\*|\/\/)?[ \t]*/g, ' ');
  return OUTDATED.flatMap((form) => flat.match(form) ?? []);
}

/** @returns why a citation leads nowhere, or `undefined`. */
export function problemWith(citation: string): string | undefined {
  const decision = /^docs\/decisions\/\d{4}$/.exec(citation);
  if (decision !== null) {
    return globSync(`${citation}-*.md`, { cwd: ROOT }).length === 1 ? undefined : 'no such decision';
  }
  const [page = '', anchor] = citation.split('#');
  if (!existsSync(join(ROOT, page))) return 'no such page';
  if (anchor === undefined) return undefined;
  return pageAnchors(page).has(anchor) ? undefined : 'no such heading';
}

const known = new Map<string, ReadonlySet<string>>();

function pageAnchors(page: string): ReadonlySet<string> {
  const anchors = known.get(page) ?? new Set(anchorsOf(readFileSync(join(ROOT, page), 'utf8')));
  known.set(page, anchors);
  return anchors;
}
