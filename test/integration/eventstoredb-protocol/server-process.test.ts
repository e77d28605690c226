import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Conversation } from '../../support/eventstoredb/conversation/conversation.ts';
import { temporaryFolder } from '../../support/eventstoredb/conversation/with-server.ts';
import { startProtocolServer } from '../../support/eventstoredb/start-protocol-server.ts';
import { startServerProcess } from '../../support/eventstoredb/start-server-process.ts';

const SERVE = fileURLToPath(new URL('../../support/eventstoredb/serve.ts', import.meta.url));

async function serve(...args: readonly string[]) {
  const child = spawn(process.execPath, [SERVE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, output, errors: errors.trim() };
}

describe('the server alone', () => {
  it('says once that it is ready, and where; and ends silently when it is asked to', async () => {
    const folder = temporaryFolder();
    const child = spawn(process.execPath, [SERVE, '--port', '0', '--data', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const errors = text(child.stderr);
    const [chunk] = await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    expect(String(chunk)).toMatch(/^Protocol server ready: esdb:\/\/127\.0\.0\.1:\d+\?tls=false, data in .*\n$/);
    expect(String(chunk)).toContain(folder);
    expect([code, await errors]).toEqual([0, '']);
  });

  it.each([
    [[]],
    [['--port', '0']],
    [['--data', 'somewhere']],
    [['--port', 'x', '--data', 'somewhere']],
    [['--port', '0', '--data', 'somewhere', '--unknown']],
    [['--port', '0', '--data', 'somewhere', '--certificate', 'without-its-key']],
  ])('says how it is used when it is started with %j', async (args) => {
    const { code, output, errors } = await serve(...args);

    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain('usage: node test/support/eventstoredb/serve.ts --port N --data FOLDER');
  });

  it('says which port is taken, and lets go of the folder', async () => {
    const [folder, held] = [temporaryFolder(), temporaryFolder()];
    const other = await startProtocolServer({ folder: held });
    const { code, errors } = await serve('--port', String(other.port), '--data', folder);
    await other.stop();

    expect([code, errors]).toEqual([
      1,
      `port ${other.port} on 127.0.0.1 is taken: stop what listens there, or name another port`,
    ]);
    await (await startProtocolServer({ folder })).stop();
  });

  it('says which process holds the folder', async () => {
    const folder = temporaryFolder();
    const other = await startServerProcess({ folder });
    const { code, errors } = await serve('--port', '0', '--data', folder);

    expect(code).toBe(1);
    expect(errors).toBe(
      `the folder ${folder} is held by another protocol server (pid ${other.pid}): stop that one, or name another folder`,
    );
    await other.kill();
    await (await startProtocolServer({ folder })).stop();
  });

  it('refuses a file that is not its own', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'events.log'),
      'what somebody else has written here, which is quite long enough to be read',
    );
    const { code, errors } = await serve('--port', '0', '--data', folder);

    expect([code, errors]).toEqual([
      1,
      `${join(folder, 'events.log')} is not a log of the protocol server: name another folder`,
    ]);
  });
});

describe('a folder', () => {
  it('holds the same log after a restart, deletes and metadata included', async () => {
    const folder = temporaryFolder();
    const first = await startProtocolServer({ folder });
    const before = new Conversation(first.port);
    await before.append('kept', 'no-stream', ['a', 'b']);
    await before.append('deleted', 'no-stream', ['c']);
    await before.delete('deleted');
    await before.append('gone', 'no-stream', ['d']);
    await before.tombstone('gone');
    const all = await before.read();
    before.close();
    await first.stop();

    const second = await startProtocolServer({ folder });
    const after = new Conversation(second.port);
    expect(await after.read()).toEqual(all);
    expect(await after.read({ stream: 'deleted' })).toEqual(['not-found']);
    expect(await after.read({ stream: 'gone' })).toEqual(["FAILED_PRECONDITION: Event stream 'gone' is deleted."]);
    expect(await after.append('kept', 'no-stream', ['a', 'b'])).toMatchObject({ revision: 1 });
    expect(await after.append('kept', 1, ['e'])).toMatchObject({ revision: 2 });
    after.close();
    await second.stop();
  });

  it.each([
    ['bytes that are no record', 'x'.repeat(500)],
    ['a record that was cut short', undefined],
  ])('with %s at its end loses them alone', async (_name, torn) => {
    const folder = temporaryFolder();
    const first = await startProtocolServer({ folder });
    const before = new Conversation(first.port);
    await before.append('stream', 'no-stream', ['a', 'b']);
    const end = await first.faults.backup();
    await before.append('stream', 1, ['c', 'd']);
    const whole = await first.faults.backup();
    before.close();
    await first.stop();
    const file = join(folder, 'events.log');
    if (torn === undefined) truncateSync(file, whole - 3);
    else appendFileSync(file, torn);

    const second = await startProtocolServer({ folder });
    expect(second.cutOffBytes).toBe(torn === undefined ? whole - 3 - end : torn.length);
    const after = new Conversation(second.port);
    // Of an append that is not whole nothing is left.
    const events = torn === undefined ? ['a', 'b'] : ['a', 'b', 'c', 'd'];
    expect(await after.read({ stream: 'stream', compatibility: 0 })).toEqual(events);
    expect(await after.append('stream', events.length - 1, ['next'])).toMatchObject({ revision: events.length });
    after.close();
    await second.stop();
  });
});
