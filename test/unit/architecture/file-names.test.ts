import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles } from '../../support/project-files.ts';

const kebabCase = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
/** Names that tools and readers look for. */
const customary = /^([A-Z]+(-[A-Z]+)*(\.md)?|Dockerfile)$/;
/** Names that say nothing about what is in the file. */
const empty = /(^|-)(utils?|commons?|helpers?|managers?|misc)(-|\.|$)|^(services?|shared|lib|types|constants)(\.|$)/;

const badNames = (paths: readonly string[]) =>
  paths.filter((path) => {
    const folders = path.split('/').slice(0, -1);
    const isWellFormed =
      folders.every((name) => kebabCase.test(name)) &&
      (kebabCase.test(basename(path)) || customary.test(basename(path)));
    return !isWellFormed || (path.startsWith('src/') && path.split('/').some((name) => empty.test(name)));
  });

describe('names of files and folders', () => {
  it('are in kebab-case and say what is in them', () => {
    expect(badNames(projectFiles())).toEqual([]);
  });

  it.each([
    'src/api/problemDetails.ts',
    'src/Worker/loop.ts',
    'src/api/problem_details.ts',
    'src/application/utils.ts',
    'src/api/date-utils.ts',
    'src/common/dates.ts',
    'src/api/helpers/reply.ts',
    'src/worker/queue-manager.ts',
    'src/worker/service.ts',
    'src/worker/services/loop.ts',
    'src/domain/types.ts',
  ])('are wrong like this: %s', (path) => {
    expect(badNames([path])).toEqual([path]);
  });

  it.each([
    'README.md',
    'Dockerfile',
    '.github/workflows/ci.yml',
    'docs/adr/0001-record-decisions.md',
    'src/application/ports/background-service.ts',
    'test/unit/domain/event/wire-names.golden.json',
  ])('are right like this: %s', (path) => {
    expect(badNames([path])).toEqual([]);
  });
});
