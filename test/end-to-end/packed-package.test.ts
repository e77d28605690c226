import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { pack, unpackInto } from '../support/installed-package/install.ts';
import { expectOnlyTheMistakeInTypes, liveThroughAnEvent, writeShop } from '../support/installed-package/shop.ts';
import { makeDataFolder } from '../support/processes/data-folder.ts';

// `npm run test:faults` has npm install it, and makes its data folder at the first start.
describe('the package among the packages that it declares', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-packed-'));
  const project = join(folder, 'shop');
  beforeAll(async () => {
    writeShop(project);
    await unpackInto(project, await pack(folder));
    await makeDataFolder(join(project, 'data'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('types a configuration, and a test of it', () => expectOnlyTheMistakeInTypes(project));

  it('starts, takes an event and sees it through, and stops', () => liveThroughAnEvent(project));
});
