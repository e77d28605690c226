import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedFolder } from '../../../../src/adapters/postgres/embedded-folder.ts';

describe('the files of the embedded read database', () => {
  let folder = '';
  const fileOf = (name: string) => join(folder, 'cluster', 'base', name);
  /** As a process of that boot of the machine sees them. */
  const atBoot = (bootId: string | null) => embeddedFolder(folder, bootId);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-files-'));
    await mkdir(join(folder, 'cluster', 'base'), { recursive: true });
    await writeFile(fileOf('1'), 'rows');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are believed after a clean end, whenever the machine started', async () => {
    await atBoot('monday').markOpen();
    await atBoot('monday').markClosed();
    expect(await atBoot('tuesday').reasonToDiscard()).toBeNull();
    expect(await atBoot(null).reasonToDiscard()).toBeNull();
  });

  it('are believed after the end of the process alone', async () => {
    await atBoot('monday').markOpen();
    expect(await atBoot('monday').reasonToDiscard()).toBeNull();
  });

  it.each([
    ['the machine went down', 'monday', 'tuesday'],
    ['the machine may have gone down', null, null],
  ])('are not believed when %s while they were open', async (_, before, now) => {
    await atBoot(before).markOpen();
    expect(await atBoot(now).reasonToDiscard()).toContain('went down');
  });

  it.each<readonly [what: string, change: () => Promise<void>]>([
    ['was written', () => writeFile(fileOf('1'), 'other rows')],
    ['was touched', () => utimes(fileOf('1'), 1, 1)],
    ['came', () => writeFile(fileOf('2'), '')],
    ['went', () => rm(fileOf('1'))],
  ])('are not believed when one of them %s while they were closed', async (_, change) => {
    await atBoot('monday').markClosed();
    await change();
    expect(await atBoot('monday').reasonToDiscard()).toContain('changed');
  });

  it('are not believed when damage was found, nor when nobody marked them', async () => {
    expect(await atBoot('monday').reasonToDiscard()).toContain('damaged');
    await atBoot('monday').markOpen();
    await atBoot('monday').markDamaged();
    expect(await atBoot('monday').reasonToDiscard()).toContain('damaged');
    await writeFile(join(folder, 'marker.json'), '{"bootId": "mon');
    expect(await atBoot('monday').reasonToDiscard()).toContain('damaged');
  });

  it('are not missed before there are any', async () => {
    await atBoot('monday').discard();
    expect(await atBoot('monday').reasonToDiscard()).toBeNull();
    expect(await atBoot('monday').hasCluster()).toBe(false);
  });
});
