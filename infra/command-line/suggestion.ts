/** Maximum edit distance of a suggestion; beyond it, a name is another word. */
const MAX_DISTANCE = 3;

/** ` (Did you mean …?)` with the name closest to the typed one, ignoring case; empty if none is close. */
export function suggestion(typed: string, names: readonly string[]): string {
  const wanted = typed.toLowerCase();
  const best = names
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isClose =
    best !== undefined && best.distance <= Math.min(MAX_DISTANCE, Math.floor(wanted.length / 2));
  return isClose ? ` (Did you mean ${best.name}?)` : '';
}

/** Edit distance: the number of letters to insert, remove or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 1; index <= from.length; index += 1) {
    const next = [index];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (from[index - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
