/** One line of the code under test, changed for the worse. */
export interface Mutation {
  /** From the root of the project. */
  readonly file: string;
  /** Found exactly once in the file. */
  readonly search: string;
  readonly replace: string;
  /** What goes wrong with it. */
  readonly why: string;
}

/**
 * Reads a list of mutations: a file, and below it, indented, what goes wrong, the lines that are replaced (`-`), and those that
 * take their place (`+`), if any.
 */
export function mutationsIn(list: string): Mutation[] {
  const mutations: { file: string; why: string; search: string[]; replace: string[] }[] = [];
  let file = '';
  for (const line of list.split('\n').filter((one) => one !== '')) {
    const [, mark, text = ''] = /^ {2}([-+] )?(.*)$/.exec(line) ?? [];
    const current = mutations.at(-1);
    if (text === '') file = line;
    else if (mark === undefined) mutations.push({ file, why: text, search: [], replace: [] });
    else if (mark === '- ') current?.search.push(text);
    else current?.replace.push(text);
  }
  return mutations.map((one) => ({
    ...one,
    search: one.search.join('\n'),
    replace: one.replace.join('\n'),
  }));
}
