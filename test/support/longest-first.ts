import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes. Whichever begins last ends the run, so these begin first, and what waits beside what computes. */
const longest = [
  'test/faults/special/servers-away',
  'test/faults/special/alerts',
  'test/faults/kill-loop/embedded',
  'test/faults/kill-loop/full-profile',
  'test/faults/special/clock-jumps',
  'test/faults/crash-points/embedded',
  'test/simulation/planted-bugs',
  'test/integration/projections/read-models-apart',
];

const placeOf = ({ moduleId }: TestSpecification) => {
  const place = longest.findIndex((path) => moduleId.endsWith(`${path}.test.ts`));
  return place === -1 ? longest.length : place;
};
const groupOf = ({ project }: TestSpecification) => project.config.sequence.groupOrder;

/** Vitest knows how long files take only where they ran before, and then sorts within each project. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => groupOf(one) - groupOf(other) || placeOf(one) - placeOf(other));
  }
}
