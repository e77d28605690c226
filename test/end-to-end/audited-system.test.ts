import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCheckpoint } from '../../src/application/transparency/checkpoints.ts';
import { decodeBundle } from '../../src/application/transparency/entry-bundles.ts';
import { leafHash } from '../../src/application/transparency/hashing.ts';
import { parseVerifierKey } from '../../src/application/transparency/keys.ts';
import { makeInclusionProof } from '../../src/application/transparency/make-proofs.ts';
import { parseNote } from '../../src/application/transparency/notes.ts';
import { tilePath } from '../../src/application/transparency/tile-names.ts';
import { newTiles, readingTiles } from '../../src/application/transparency/tiles.ts';
import { freePort } from '../support/free-port.ts';
import { makeDataFolder } from '../support/processes/data-folder.ts';
import { run, runWell } from '../support/processes/run.ts';
import { type RunningEventOps, runEventOps } from '../support/processes/running-eventops.ts';
import { askGo, isGoHere } from '../support/transparency/go.ts';
import { verifyWithSigstore } from '../support/transparency/sigstore.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const EVENTS = 300;

/** One system with a witness in a process of its own, as docs/audit.md has them set up. */
const folder = mkdtempSync(join(tmpdir(), 'eventops-audited-'));
const inFolder = (name: string) => join(folder, name);
let system: RunningEventOps;
let witness: ReturnType<typeof spawn>;
let eventId = '';
let settings: NodeJS.ProcessEnv = {};

/** In a shell, with the settings of the system. @throws with what it printed when it does not end with 0. */
const typed = (command: string, more: NodeJS.ProcessEnv = {}) =>
  runWell(folder, 'bash', '-ec', withSettings(command, more));
const ended = async (command: string, more: NodeJS.ProcessEnv = {}) =>
  run(folder, 'bash', '-ec', withSettings(command, more));
function withSettings(command: string, more: NodeJS.ProcessEnv): string {
  const all = { ...settings, EVENTOPS_URL: system?.url, EVENTOPS_TOKEN: system?.token, ...more };
  const exports = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : `export ${name}='${value}'`,
  );
  return [...exports, command].join('\n');
}

const authorized = () => ({ headers: { authorization: `Bearer ${system.token}` } });
const get = async (path: string) => {
  const answer = await fetch(`${system.url}/v1/audit/${path}`, authorized());
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
};

/** Posts so many events, and resolves with the id of the last when it is signed. */
async function post(events: number, key: string): Promise<string> {
  const items = Array.from({ length: events }, (_, index) => ({
    ...{ type: 'order.placed', source: 'shop', idempotencyKey: `${key}-${index}`, payload: { orderId: '=1+1' } },
  }));
  const answer = await fetch(`${system.url}/v1/events/batch`, {
    ...{ method: 'POST', body: JSON.stringify(items) },
    headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json' },
  });
  const body = await answer.text();
  expect(answer.status).toBe(200);
  const id = [...body.matchAll(/"id":"([0-9a-f-]{36})"/g)].at(-1)?.[1] ?? '';
  // The last of them is under the checkpoint that is served, so all are.
  while (!(await fetch(`${system.url}/v1/events/${id}/receipt`, authorized())).ok);
  return id;
}

beforeAll(async () => {
  symlinkSync(join(checkout, 'bin'), inFolder('bin'));
  await makeDataFolder(inFolder('data'));
  settings = {
    ...{ DATA_DIR: inFolder('data'), AUDIT_ORIGIN: 'eventops.example.com/audit', AUDIT_CHECKPOINT_SECONDS: '1' },
    AUDIT_KEY_FILE: inFolder('audit-key.pem'),
  };
  await typed(commandWith('openssl genpkey'));
  const witnessKey = (await typed(commandWith('witness init').replace(/#.*/, ''))).trim();
  const port = await freePort();
  const start = commandWith('witness start').replace('8100', String(port));
  witness = spawn('bash', ['-ec', withSettings(`exec ${start}`, {})], {
    ...{ cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  await once(createInterface({ input: witness.stdout as NodeJS.ReadableStream }), 'line');
  settings = { ...settings, AUDIT_WITNESSES: `${witnessKey} http://127.0.0.1:${port}` };
  system = await runEventOps({ dataFolder: inFolder('data'), env: settings });
  eventId = await post(EVENTS, 'first');
}, 240_000);
afterAll(async () => {
  await system?.stop();
  witness?.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

const page = readFileSync(join(checkout, 'docs/audit.md'), 'utf8');
const lines = page.split('\n').map((line) => line.trim());
/** What the page has somebody type: the line, with those that continue it. */
function commandWith(words: string): string {
  const at = lines.findIndex((line) => line.includes(words) && !line.includes('`'));
  if (at < 0) throw new Error(`docs/audit.md has no command with: ${words}`);
  let to = at;
  while (lines[to]?.endsWith('\\')) to += 1;
  return lines.slice(at, to + 1).join('\n');
}

/** A served tree, as a client of the standard gets it. */
async function servedTree() {
  const newer = (await get('checkpoint')).toString();
  const { size } = parseCheckpoint(parseNote(newer).text);
  const files = new Map<string, Buffer>();
  for (const name of newTiles(0, size)) files.set(tilePath(name), await get(tilePath(name)));
  return { newer, size, files };
}

/** The four steps of the page, each the code of a fence in its list. */
const [printKey = '', exportLog = '', verify = '', keep = ''] = [
  ...page.matchAll(/^ {3}```sh\n([\s\S]*?)^ {3}```$/gm),
].map(([, code = '']) => code.replaceAll(/^ {3}/gm, '').trim());
/** As the page says: the first time there is no checkpoint that was kept. */
const firstTime = (command: string) => command.replace(' --checkpoint kept.txt', '');
const here = (command: string) =>
  command
    .replaceAll('https://eventops.example.com', system.url)
    .replace('EVENTOPS_TOKEN=…', `EVENTOPS_TOKEN=${system.token}`)
    .replace('2030-01-01', '2020-01-01');

describe('what docs/audit.md has an auditor type, against a system that runs', { timeout: 240_000 }, () => {
  it('exports, verifies and keeps, and holds the next export against what was kept', async () => {
    await typed(printKey);
    await typed(here(firstTime(exportLog)));
    expect(await ended(firstTime(verify))).toMatchObject({ code: 0 });
    await typed(keep);
    rmSync(inFolder('january.ndjson'));
    await post(2, 'second');
    await typed(here(exportLog));
    expect(await ended(verify)).toMatchObject({ code: 0 });
  });

  it('counts the cosignature of the witness, where a policy asks for it', async () => {
    const signed = await system.metric('eventops_audit_signed_transitions');
    while ((await system.metric('eventops_audit_cosigned_transitions')) < signed);
    const [log = '', witnessLine = '', quorum = ''] = lines.slice(lines.findIndex((line) => line.startsWith('log ')));
    const witnessKey = settings['AUDIT_WITNESSES']?.split(' ')[0] ?? '';
    const logKey = readFileSync(inFolder('audit.vkey'), 'utf8').trim();
    const policy = [
      log.replace(/log .*/, `log ${logKey}`),
      witnessLine.replace(/(witness w1) .*/, `$1 ${witnessKey}`),
      quorum,
      '',
    ].join('\n');
    writeFileSync(inFolder('policy'), policy);
    await typed(here(exportLog).replace('january', 'cosigned'));
    expect(await ended('bin/eventops audit verify cosigned.ndjson --policy policy')).toMatchObject({ code: 0 });
    const other = policy.replace(witnessKey, await otherWitness());
    writeFileSync(inFolder('other-policy'), other);
    const refused = await ended('bin/eventops audit verify cosigned.ndjson --policy other-policy');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('w1 has not cosigned it') });
  });

  it('verifies the system itself by its URL', async () => {
    const command = here(/`(bin\/eventops audit verify https:[^`]*)`/.exec(page)?.[1] ?? '').replace(
      '--key …',
      '--key "$(cat audit.vkey)" --checkpoint kept.txt',
    );
    expect(await ended(command)).toMatchObject({ code: 0 });
  });

  it('writes a receipt that verifies, and a proof of the standard', async () => {
    const command = /`(bin\/eventops audit receipt <id> -o FILE)`/.exec(page)?.[1] ?? '';
    await typed(command.replace('<id>', eventId).replace('FILE', 'receipt.json'));
    expect(await ended('bin/eventops audit verify receipt.json --key "$(cat audit.vkey)"')).toMatchObject({ code: 0 });
    const proof = await fetch(`${system.url}/v1/events/${eventId}/receipt`, {
      headers: { authorization: `Bearer ${system.token}`, accept: 'text/plain' },
    });
    writeFileSync(inFolder('one.tlog-proof'), await proof.text());
    expect(await ended('bin/eventops audit verify one.tlog-proof --key "$(cat audit.vkey)"')).toMatchObject({
      code: 0,
    });
  });

  it('goes on with an export whose connection broke off', async () => {
    const cut = await cuttingProxy(40_000);
    try {
      const command = here(exportLog).replace('january', 'resumed').replace(system.url, cut.url);
      const { code, stderr } = await ended(command);
      expect([code, stderr]).toEqual([0, expect.stringContaining('asking for the rest')]);
    } finally {
      cut.close();
    }
    expect(cut.requests()).toBeGreaterThan(1);
    expect(await ended(verify.replace('january', 'resumed'))).toMatchObject({ code: 0 });
  });

  it('refuses an export with another key, of another origin, or that does not continue what was kept', async () => {
    const key = readFileSync(inFolder('audit.vkey'), 'utf8').trim();
    await typed(
      'AUDIT_KEY_FILE=other.pem; export AUDIT_KEY_FILE; openssl genpkey -algorithm ed25519 -out other.pem; chmod 600 other.pem; bin/eventops audit key > other.vkey',
    );
    await typed('AUDIT_ORIGIN=elsewhere.example bin/eventops audit key > elsewhere.vkey');
    for (const other of ['other', 'elsewhere']) {
      const refused = await ended(`bin/eventops audit verify january.ndjson --key "$(cat ${other}.vkey)"`);
      expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('nothing of it is to be believed') });
    }
    const kept = readFileSync(inFolder('kept.txt'), 'utf8');
    writeFileSync(inFolder('forged.txt'), kept.replace('eventops.example.com/audit\n', 'elsewhere.example\n'));
    const refused = await ended(`bin/eventops audit verify january.ndjson --key '${key}' --checkpoint forged.txt`);
    expect(refused.code).toBe(1);
  });
});

/** The verifier key of a witness that has cosigned nothing. */
const otherWitness = async () =>
  (await typed('bin/eventops witness init ./other-witness --name witness.example.com/w2')).trim();

/** Passes requests on, and ends the first answer after so many bytes. */
async function cuttingProxy(bytes: number) {
  let requests = 0;
  const proxy = createServer((request, reply) => {
    const isFirst = ++requests === 1;
    const headers = { authorization: request.headers.authorization ?? '' };
    void fetch(`${system.url}${request.url}`, { headers }).then(async (answer) => {
      reply.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      const body = Buffer.from(await answer.arrayBuffer());
      if (isFirst) reply.write(body.subarray(0, bytes), () => reply.destroy());
      else reply.end(body);
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests: () => requests,
    close: () => proxy.close(),
  };
}

describe('a verifier that is not ours, with what is served', { timeout: 240_000 }, () => {
  const keyOfLog = async () => (await typed('bin/eventops audit key')).trim();
  const flipped = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };

  it('finds each leaf in the signed tree (sigstore), and refuses what was altered', async () => {
    const { newer, size, files } = await servedTree();
    const read = readingTiles(size, async (name) => files.get(tilePath(name)) ?? Buffer.of());
    const log = parseVerifierKey(await keyOfLog());
    const entries = newTiles(0, size)
      .filter(({ level }) => level === 'entries')
      .flatMap((name) => decodeBundle(files.get(tilePath(name)) ?? Buffer.of(), name.width));
    expect(entries.length).toBeGreaterThan(256);
    for (const [index, body] of entries.entries()) {
      const given = { index, body, hashes: await makeInclusionProof(index, size, read), envelope: newer };
      expect([index, verifyWithSigstore(log, given)]).toEqual([index, 'accepted']);
      expect(verifyWithSigstore(log, { ...given, body: flipped(body, index % body.length) })).toBe('refused');
    }
    const altered = newer.replace(`\n${size}\n`, `\n${size + 1}\n`);
    expect(
      verifyWithSigstore(log, { ...{ index: 0, body: entries[0] ?? Buffer.of(), hashes: [] }, envelope: altered }),
    ).toBe('refused');
    expect(leafHash(entries[0] ?? Buffer.of())).toEqual(files.get('tile/0/000')?.subarray(0, 32));
  });

  it.skipIf(!isGoHere)(
    'finds each leaf, and that a checkpoint continues another (Go), and refuses each byte that is wrong',
    async () => {
      const older = (await get('checkpoint')).toString();
      await post(3, 'third');
      const { newer, size, files } = await servedTree();
      const tile = (path: string, at: number) => ({
        older,
        newer,
        files: new Map([...files, [path, flipped(files.get(path) ?? Buffer.of(), at)]]),
      });
      const bundle = [...files.keys()].find((path) => path.startsWith('tile/entries/001')) ?? '';
      const edge = [...files.keys()].findLast((path) => path.startsWith('tile/0/')) ?? '';
      const withOtherRoot = (note: string) =>
        note.replace(/^(.*\n.*\n)(.)/, (_, before: string, first: string) => `${before}${first === 'A' ? 'B' : 'A'}`);
      const cases = [
        { older, newer, files },
        ...[
          tile('tile/0/000', 0),
          tile('tile/0/000', 8_191),
          tile(edge, 5),
          tile('tile/entries/000', 40),
          tile(bundle, 60),
        ],
        ...[
          { older: withOtherRoot(older), newer, files },
          { older, newer: withOtherRoot(newer), files },
          { older: newer, newer: older, files },
        ],
      ];
      const said = askGo('verify-tiles-with-go', {
        Vkey: await keyOfLog(),
        Cases: cases.map((each) => ({
          ...{ Older: each.older, Newer: each.newer },
          Files: Object.fromEntries([...each.files].map(([path, bytes]) => [path, bytes.toString('base64')])),
        })),
      }) as { readonly Leaves: number; readonly Refused: string }[];
      expect(said[0]).toEqual({ Leaves: size, Refused: '' });
      expect(said.slice(1).map(({ Refused }) => Refused !== '')).toEqual(cases.slice(1).map(() => true));
    },
  );
});
