/** A name that differs more is another word, not a typing error. */
const FURTHEST = 3;

/** ` (Did you mean …?)` with the name closest to what was typed, ignoring case; empty where none is close. */
export function suggestion(typed: string, names: readonly string[]): string {
  const wanted = typed.toLowerCase();
  const best = names
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isLike = best !== undefined && best.distance <= Math.min(FURTHEST, Math.floor(wanted.length / 2));
  return isLike ? ` (Did you mean ${best.name}?)` : '';
}

/** The edit distance: how many letters must be inserted, removed or replaced. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
