/**
 * Runs `work` for each element, `size` at a time: 2,000 documents must not open 2,000 connections.
 *
 * @throws the first failure; later groups are not started.
 */
export async function inGroups<T>(
  list: readonly T[],
  size: number,
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < list.length; start += size) {
    await Promise.all(list.slice(start, start + size).map(work));
  }
}
