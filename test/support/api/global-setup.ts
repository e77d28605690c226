import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { differencesFrom } from './answers-expected.ts';
import { readAnswersSeen } from './answers-seen-file.ts';

/** Ends a run of all tests of the API with what of its document they saw. @throws when that is not what is expected. */
export default function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-answers-'));
  const file = join(folder, 'seen');
  project.provide('answersSeen', file);
  return async () => {
    const seen = readAnswersSeen(file);
    rmSync(folder, { recursive: true });
    if (!(await isWholeRun(project))) return;
    const total = seen.reduce((sum, { count }) => sum + count, 0);
    process.stdout.write(`\nThe document of the API: ${total} exchanges were as it says.\n`);
    const differences = differencesFrom(seen);
    if (differences.length > 0) throw new Error(differences.join('\n'));
  };
}

/** Every file of the project ran, whole, and passed: only then does what was not seen mean something. */
async function isWholeRun(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  const ran = project.vitest.state.getFiles().filter(({ projectName }) => projectName === project.name);
  const passed = ran.filter(({ result }) => result?.state === 'pass');
  return passed.length === testFiles.length && project.vitest.config.testNamePattern === undefined;
}
