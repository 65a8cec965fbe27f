import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They take ten seconds and more: at the end of a run, one of them would leave a worker without anything to do. */
const LONG = [
  'chaos/chaos',
  'integration/another-ocrolus',
  'integration/lost-webhooks',
  'deployment/retained-names',
];

/** Vitest's order, with the longest files first in their project: on a clean clone it knows sizes only. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONG.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return index === -1 ? LONG.length : index;
    };
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).sort((a, b) => rank(a) - rank(b)),
    );
  }
}
