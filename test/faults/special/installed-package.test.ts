import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { installInto, pack } from '../../support/installed-package/install.ts';
import { expectOnlyTheMistakeInTypes, liveThroughAnEvent, writeShop } from '../../support/installed-package/shop.ts';
import { runWell } from '../../support/processes/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'eventops-installed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const project = join(folder, 'shop');
writeShop(project);
// test/end-to-end/packed-package.test.ts has in npm test what needs no npm.
const missing = isWhole() ? await installInto(project, await pack(folder)) : 'npm run test:faults has it';
if (missing !== null) process.stdout.write(`skipped: the package, installed by npm, because ${missing}\n`);

describe.skipIf(missing !== null)('the package, installed in an empty folder', { timeout: 300_000 }, () => {
  it('types a configuration, and a test of it', () => expectOnlyTheMistakeInTypes(project));

  it('has handlers tested by the runner that the project likes', async () => {
    const report = await runWell(project, 'npx', '--no', 'node', '--', '--test', '--test-reporter=tap');
    expect(report).toMatch(/^# pass 3$/m);
  });

  it('starts, takes an event and sees it through, and stops', () => liveThroughAnEvent(project));
});
