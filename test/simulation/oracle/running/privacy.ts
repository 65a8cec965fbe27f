import { PERSONAL_MARKERS } from '../../../../infra/local/ocrolus/model/reply.ts';
import { SECRET_MARKERS } from '../../system/settings.ts';
import type { Violations } from '../violations.ts';

/** Parts of rejection reasons, which may name people; a log has none of them. */
const REASON_MARKERS = ['is unreadable', 'duplicate of', 'customer requested', 'invalid document'];

const MARKED = new RegExp(
  [...PERSONAL_MARKERS, ...SECRET_MARKERS, ...REASON_MARKERS].map(escapeForRegExp).join('|'),
  'i',
);

/** No log line has personal data or a secret. */
export function checkPrivacy(actor: string, line: string, violations: Violations): void {
  if (!MARKED.test(line)) return;
  const [marker] = MARKED.exec(line) ?? [];
  violations.add('private', '', `${actor} logs ${marker}: ${line.slice(0, 300)}`);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
