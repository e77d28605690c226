import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../support/eventstoredb/conversation/with-server.ts';
import { startServerProcess } from '../../support/eventstoredb/start-server-process.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../../../shared/conformance/run.mjs', import.meta.url));
const isThere = existsSync(PROGRAM);
if (!isThere)
  console.log('Skipped: conversations recorded with a real EventStoreDB, since ../shared/conformance is not there');

/** Has every conversation. @returns what it printed; it fails where one differed. */
const haveAll = (address: string) =>
  new Promise<string>((resolve) => {
    execFile(process.execPath, [PROGRAM, address, '--quiet'], { cwd: PROJECT }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim()),
    );
  });

it.skipIf(!isThere)('the protocol server answers every recorded conversation as EventStoreDB 24.10 did', async () => {
  const server = await startServerProcess({ folder: temporaryFolder() });
  const printed = await haveAll(`127.0.0.1:${server.port}`);
  await server.stop();

  expect(printed).toMatch(/^\d+ passed, 0 failed$/);
});
