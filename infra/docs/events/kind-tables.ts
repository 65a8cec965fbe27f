import { POLICIES } from '../../../shared/checklist/kinds.ts';
import { code, codes, lines, table } from '../markdown.ts';
import type { KindFacts } from './kind-facts.ts';
import { callText, OF, recoveryText } from './words.ts';

/** The calls and the stored items of each kind. */
export function kindTable(kinds: readonly KindFacts[]): string {
  return table(
    ['kind', 'of', 'calls', 'stored as', 'permanent codes'],
    kinds.map((facts) => [
      code(facts.kind),
      OF[facts.of],
      lines([
        ...facts.asked.map(callText),
        ...facts.fallbacks.map((call) => `if refused: ${callText(call)}`),
        ...facts.jobs.map((call) => `if too large: ${callText(call)}`),
      ]),
      lines(facts.stored.map(code)),
      codes(facts.permanentCodes),
    ]),
  );
}

/** What happens to each kind when its webhook is lost, by policy. */
export function recoveryTable(kinds: readonly KindFacts[]): string {
  return table(
    ['kind', 'of', ...POLICIES.map(code), 'announced by'],
    kinds.map((facts) => [
      code(facts.kind),
      OF[facts.of],
      ...POLICIES.map((policy) => {
        const text = recoveryText(facts.recovery[policy], policy);
        return policy === facts.defaultPolicy ? `**${text}**` : text;
      }),
      facts.announcedBy.length === 0 ? 'no event' : lines(facts.announcedBy.map(code)),
    ]),
  );
}
