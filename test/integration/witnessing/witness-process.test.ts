import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditTreeIdOf } from '../../../src/application/anchoring/signed-checkpoints.ts';
import { formatAddCheckpoint } from '../../../src/application/transparency/add-checkpoint.ts';
import { formatCheckpoint } from '../../../src/application/transparency/checkpoints.ts';
import { formatVerifierKey, parseVerifierKey } from '../../../src/application/transparency/keys.ts';
import { makeConsistencyProof } from '../../../src/application/transparency/make-proofs.ts';
import { formatNote, parseNote } from '../../../src/application/transparency/notes.ts';
import { signatureLine, verifySignatures } from '../../../src/application/transparency/signatures.ts';
import { run, runWell } from '../../support/processes/run.ts';
import { numbered, plainRoot, readingEntries } from '../../support/transparency/plain-tree.ts';
import { logKey } from '../../support/transparency/test-keys.ts';

const bin = resolve('bin/eventops');
const log = ['--log', formatVerifierKey(logKey)];
const entries = numbered(9);
let folder = '';
let [vkey, url] = ['', ''];
let child: ReturnType<typeof spawn>;

async function start(): Promise<void> {
  child = spawn(bin, ['witness', 'start', join(folder, 'w'), ...log, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  url = line.slice(line.indexOf('http'));
}

async function end(signal: NodeJS.Signals): Promise<unknown> {
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0];
}

async function ask(from: number, to: number, body?: string) {
  const text = formatCheckpoint({ origin: logKey.name, size: to, root: plainRoot(entries.slice(0, to)) });
  const proof = from > to ? [] : await makeConsistencyProof(from, to, readingEntries(entries.slice(0, to)));
  const checkpoint = formatNote(text, [signatureLine(logKey, text)]);
  const asked = { method: 'POST', body: body ?? formatAddCheckpoint({ oldSize: from, proof, checkpoint }) };
  const answer = await fetch(`${url}/add-checkpoint`, asked);
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eventops-witness-'));
  vkey = (await runWell(folder, bin, 'witness', 'init', 'w', '--name', 'witness.example/w1')).trim();
  await start();
});
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
  await rm(folder, { recursive: true });
});

describe('a witness in a process of its own', () => {
  it('cosigns what is consistent, and still knows it after kill -9', async () => {
    expect((await ask(0, 7)).status).toBe(200);
    await end('SIGKILL');
    await start();
    expect(await ask(0, 8)).toEqual({ status: 409, type: 'text/x.tlog.size', body: '7\n' });
    expect((await ask(7, 9)).status).toBe(200);
    const newest = await fetch(`${url}/${auditTreeIdOf(logKey.name)}/checkpoint`);
    const signatures = verifySignatures(parseNote(await newest.text()), [logKey, parseVerifierKey(vkey)]);
    expect(signatures.map(({ key }) => key.name)).toEqual([logKey.name, 'witness.example/w1']);
  });

  it('answers what is no request in a sentence', async () => {
    const paths = ['/', '/add-checkpoint', `/${'0'.repeat(64)}/checkpoint`, '/../witness-key.pem', '/%00'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).status));
    expect(statuses).toEqual([404, 405, 404, 404, 404]);
    expect((await ask(0, 1, 'x'.repeat(70_000))).status).toBe(413);
    expect((await ask(0, 1, '\0')).status).toBe(400);
    expect((await ask(9, 9)).status).toBe(200);
  });

  it('is made after its name was corrected', async () => {
    const wrong = await run(folder, bin, 'witness', 'init', 'named', '--name', 'two words');
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('The key name') });
    const right = await run(folder, bin, 'witness', 'init', 'named', '--name', 'witness.example/w2');
    expect(right).toMatchObject({ code: 0, stdout: expect.stringMatching(/^witness.example.w2\+/) });
  });

  it('ends in good order, and does not start without the database that its init made', async () => {
    const second = await run(folder, bin, 'witness', 'start', 'w', ...log, '--port', '0');
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('another witness runs on it') });
    expect(await end('SIGTERM')).toBe(0);
    await rename(join(folder, 'w', 'witness.sqlite'), join(folder, 'lost'));
    const lost = await run(folder, bin, 'witness', 'start', 'w', ...log);
    expect(lost).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('has to be retired') });
    const again = await run(folder, bin, 'witness', 'init', 'w', '--name', 'witness.example/w1');
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is not empty') });
  });
});
