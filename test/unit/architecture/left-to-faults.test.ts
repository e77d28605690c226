import { expect, it } from 'vitest';
import { leftToFaults } from '../../support/faults/left-to-faults.ts';
import { projectFiles, textOf } from '../../support/project-files.ts';

it('what npm test leaves to npm run test:faults is named in docs/guarantees.md', () => {
  const [, page = ''] = textOf('docs/guarantees.md').split('## What is left to npm run test:faults');
  expect(leftToFaults.filter((file) => !projectFiles('test').includes(file))).toEqual([]);
  const inPart = projectFiles('test/faults').filter((file) => /isWhole\(\)|scaled\(|scale === 1/.test(textOf(file)));
  const leaving = [...new Set([...inPart, ...leftToFaults])];
  const names = leaving.map((file) => file.replace(/^test\/(faults\/)?/, '').replace('.test.ts', ''));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
