import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openTreeFolder } from '../../../src/adapters/tree-folder/open-tree-folder.ts';
import { run } from '../../support/processes/run.ts';
import { treeStoreSuite } from './suite.ts';

const adapter = fileURLToPath(new URL('../../../src/adapters/tree-folder/open-tree-folder.ts', import.meta.url));

const newFolder = () => mkdtemp(join(tmpdir(), 'eventops-tree-'));

describe('a tree in a folder', () => {
  treeStoreSuite(async () => {
    const folder = await newFolder();
    return {
      store: openTreeFolder(join(folder, 'one')),
      other: openTreeFolder(join(folder, 'other')),
      close: () => rm(folder, { recursive: true }),
    };
  });

  it('is for this user alone, and says of a file what is wrong with it', async () => {
    const folder = await newFolder();
    const store = openTreeFolder(folder);
    await store.write([{ level: 0, index: 0, width: 1, bytes: Buffer.alloc(32) }]);
    expect((await stat(join(folder, 'tile/0/000.p/1'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'tile'))).mode & 0o777).toBe(0o700);
    await writeFile(join(folder, 'state.json'), '{"size":');
    await expect(store.state()).rejects.toThrow(`${join(folder, 'state.json')} is damaged; delete it`);
    await writeFile(join(folder, 'tile/1'), 'a file');
    await expect(store.write([{ level: 1, index: 0, width: 1, bytes: Buffer.of() }])).rejects.toMatchObject({
      code: 'audit-tree-unavailable',
      message: expect.stringContaining('tile/1'),
    });
    await rm(folder, { recursive: true });
  });

  it('has no tile of which the disk took a part', async () => {
    const folder = await newFolder();
    const write = `
      const { openTreeFolder } = await import(process.argv[1]);
      const tile = { level: 'entries', index: 0, width: 256, bytes: Buffer.alloc(20_000) };
      await openTreeFolder(process.argv[2]).write([tile]).then(
        () => console.log('written'),
        (error) => console.log(error.code),
      );`;
    // 8 KiB of the first write are taken, and nothing of the next one.
    const limited = 'trap \'\' XFSZ; ulimit -f 8; exec "$@"';
    const { stdout } = await run(folder, 'bash', '-c', limited, '-', process.execPath, '-e', write, adapter, folder);
    expect(stdout).toBe('audit-tree-unavailable\n');
    expect(existsSync(join(folder, 'tile/entries/000'))).toBe(false);
    await rm(folder, { recursive: true });
  });
});
