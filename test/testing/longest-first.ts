import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Projects of which one file takes long: at the end of a run, it would leave a worker without anything to do. */
const FIRST = ['browser', 'stack', 'desk-stack', 'long', 'desk-alone'];
/** They take ten seconds and more. */
const LONG = ['chaos/chaos', 'deployment/changes', 'simulation/seeds', 'simulation/simulation'];

/** Vitest's order, with the longest projects first, and in each the longest files: on a clean clone it knows sizes only. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))].sort(
      (a, b) => rank(FIRST, (name) => name === a.name) - rank(FIRST, (name) => name === b.name),
    );
    const rankOf = ({ moduleId }: TestSpecification) =>
      rank(LONG, (name) => moduleId.endsWith(`${name}.test.ts`));
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).sort((a, b) => rankOf(a) - rankOf(b)),
    );
  }
}

/** Position of the first that is meant; the end if there is none. */
function rank(list: readonly string[], isMeant: (name: string) => boolean): number {
  const index = list.findIndex(isMeant);
  return index === -1 ? list.length : index;
}
