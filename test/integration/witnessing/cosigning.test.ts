import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { createOutboundHttp } from '../../../src/adapters/outbound/outbound-http.ts';
import { openTreeFolder } from '../../../src/adapters/tree-folder/open-tree-folder.ts';
import { listenAsWitness } from '../../../src/adapters/witness-server/witness-server.ts';
import { initWitnessStore, openWitnessStore } from '../../../src/adapters/witness-store/witness-store.ts';
import type { Anchor } from '../../../src/application/anchoring/anchor.ts';
import { ASK_AGAIN_MS, createCosigning } from '../../../src/application/anchoring/cosigning.ts';
import { createProver } from '../../../src/application/anchoring/prove-transitions.ts';
import { signedNote } from '../../../src/application/anchoring/signed-tree.ts';
import type { OutboundHttp } from '../../../src/application/ports/outbound-http.ts';
import { parseAddCheckpoint } from '../../../src/application/transparency/add-checkpoint.ts';
import { formatVerifierKey } from '../../../src/application/transparency/keys.ts';
import { formatSignatureLine, parseNote } from '../../../src/application/transparency/notes.ts';
import { policyOfKey } from '../../../src/application/transparency/policies.ts';
import { signatureLine } from '../../../src/application/transparency/signatures.ts';
import { verifyCheckpoint } from '../../../src/application/transparency/verify-checkpoint.ts';
import { createWitness } from '../../../src/application/witnessing/witness.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { anchorOf, appendHistories, followAndSign } from '../../support/transparency/anchored-log.ts';
import { logKey, witnessKeys } from '../../support/transparency/test-keys.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

const [key, otherKey] = witnessKeys as [(typeof witnessKeys)[number], (typeof witnessKeys)[number]];
const quorum = { kind: 'witness', name: 'w', key } as const;
const policy = { ...policyOfKey(logKey), witnesses: [{ name: 'w', key, url: null }], quorum };

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-cosigning-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** The witness that `bin/eventops witness` runs, of which the server can be stopped. */
async function newWitness() {
  const folder = await newFolder();
  initWitnessStore(folder, formatVerifierKey(key));
  const store = openWitnessStore(folder, formatVerifierKey(key));
  onTestFinished(() => store.close());
  const witness = createWitness({ key, logs: [logKey], store, clock: manualClock() });
  const listen = (port = 0) => listenAsWitness({ witness, store, host: '127.0.0.1', port });
  return { listen, latest: () => store.latest(logKey.name)?.size ?? 0 };
}

/** A log that is anchored, with one witness, at this port. */
async function anchoredLog(port: number, through: (http: OutboundHttp) => Pick<OutboundHttp, 'post'> = (http) => http) {
  const folder = await newFolder();
  const log = await openEmbeddedLog({ path: join(folder, 'log.sqlite') });
  onTestFinished(() => log.close());
  const tree = openTreeFolder(join(folder, 'tree'));
  const clock = manualClock();
  const recording = createRecordingLogger();
  const changes = new EventEmitter();
  const changing =
    <Given extends unknown[]>(act: (...given: Given) => void) =>
    (...given: Given) => {
      act(...given);
      changes.emit('change');
    };
  const logger = { ...recording, warn: changing(recording.warn), info: changing(recording.info) };
  const url = new URL(`http://127.0.0.1:${port}/add-checkpoint`);
  const http = through(createOutboundHttp({ trustedOrigins: [url.origin], limits: { deadlineMs: 60_000 } }));
  let histories = 0;
  let isStoreFull = false;

  /** As after a start of the process. */
  function start() {
    const anchor: Anchor = anchorOf(log, tree, { onSigned: () => cosigning.checkpointSigned() });
    const keepCosignature = async (size: number, line: string) => {
      if (isStoreFull) throw new Error('the disk is full');
      await anchor.keepCosignature(size, line);
      changes.emit('change');
    };
    const cosigning = createCosigning({
      ...{ anchor: { signed: anchor.signed, keepCosignature }, tree, witnesses: [{ key, url }] },
      ...{ http, clock, logger },
    });
    return { anchor, cosigning };
  }

  let { anchor, cosigning } = start();
  cosigning.start();
  onTestFinished(() => cosigning.stop());
  return {
    log,
    tree,
    clock,
    lines: recording.lines,
    notice: () => cosigning.notice(),
    setStoreFull: (isFull: boolean) => void (isStoreFull = isFull),
    isCosigned: () => (anchor.signed()?.cosignatures ?? []).length > 0,
    async sign(more = 90) {
      await appendHistories(log, histories, (histories += more));
      await followAndSign(anchor, log);
      return anchor.signed()?.checkpoint.size ?? 0;
    },
    async restart() {
      await cosigning.stop();
      ({ anchor, cosigning } = start());
      await anchor.load();
      cosigning.start();
    },
    stop: () => cosigning.stop(),
    async until(isSo: () => boolean) {
      while (!isSo()) await once(changes, 'change');
    },
  };
}

describe('a checkpoint', () => {
  it('is cosigned by the witness, and shown so from then on, in receipts too, over restarts', async () => {
    const witness = await newWitness();
    const server = await witness.listen();
    onTestFinished(() => server.close());
    const asked: number[] = [];
    const system = await anchoredLog(server.port, (http) => ({
      post(url, request) {
        asked.push(parseAddCheckpoint(request.body).oldSize);
        return http.post(url, request);
      },
    }));
    const first = await system.sign();
    await system.until(system.isCosigned);
    const second = await system.sign();
    await system.until(() => system.isCosigned() && witness.latest() === second);
    expect(verifyCheckpoint((await signedNote(system.tree)) ?? '', policy)).toMatchObject({ size: second });

    await system.restart();
    expect(verifyCheckpoint((await signedNote(system.tree)) ?? '', policy)).toMatchObject({ size: second });
    const third = await system.sign();
    await system.until(system.isCosigned);
    const note = (await signedNote(system.tree)) ?? '';
    expect(verifyCheckpoint(note, policy)).toMatchObject({ size: third });
    // After the restart it is not known what the witness holds, which then says it.
    expect(asked).toEqual([0, first, 0, second]);

    const prover = await createProver(system);
    const [recorded] = await system.log.readStream(await firstStream(system.log));
    expect(recorded && (await prover?.prove(recorded))).toContain(note);
    expect([system.notice(), system.lines]).toEqual([null, []]);
  });

  it('is signed and followed by others while the witness takes its time; then the newest is cosigned', async () => {
    const witness = await newWitness();
    const server = await witness.listen();
    onTestFinished(() => server.close());
    const held = new EventEmitter();
    const asked: number[] = [];
    const system = await anchoredLog(server.port, (http) => ({
      async post(url, request) {
        asked.push(Number(parseNote(parseAddCheckpoint(request.body).checkpoint).text.split('\n')[1]));
        if (asked.length === 1) await once(held, 'go on');
        return http.post(url, request);
      },
    }));
    const first = await system.sign();
    await system.sign();
    const third = await system.sign();
    expect(asked).toEqual([first]);
    held.emit('go on');
    await system.until(system.isCosigned);
    expect(asked).toEqual([first, third]);
    expect(verifyCheckpoint((await signedNote(system.tree)) ?? '', policy)).toMatchObject({ size: third });
  });

  it('is signed without a witness that is away, of which one line is written, and one when it is back', async () => {
    const witness = await newWitness();
    const { port, close } = await witness.listen();
    await close();
    const system = await anchoredLog(port);
    await system.sign(3);
    await system.until(() => system.notice() !== null);
    await system.sign(3);
    expect(system.notice()).toContain(`${key.name} does not cosign: http://127.0.0.1:${port} gave no answer`);
    expect(verifyCheckpoint((await signedNote(system.tree)) ?? '', policyOfKey(logKey)).cosignatures).toEqual([]);

    const server = await witness.listen(port);
    onTestFinished(() => server.close());
    await system.sign(3);
    await system.until(() => system.isCosigned());
    expect(system.notice()).toBeNull();
    expect(system.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: a witness does not cosign; it is asked again, and signing goes on',
      'info: a witness cosigns again',
    ]);
  });
});

describe('a cosignature that cannot be kept', () => {
  it('is not held against the witness, which is asked again', async () => {
    const witness = await newWitness();
    const server = await witness.listen();
    onTestFinished(() => server.close());
    const system = await anchoredLog(server.port);
    system.setStoreFull(true);
    await system.sign(3);
    await system.until(() => system.lines.length > 0);
    expect(system.notice()).toBeNull();
    system.setStoreFull(false);
    system.clock.advance(ASK_AGAIN_MS);
    await system.until(system.isCosigned);
    expect(system.lines.map(({ message }) => message)).toEqual([
      'a cosignature could not be kept; the witness is asked again',
    ]);
  });
});

const firstStream = async (log: Awaited<ReturnType<typeof openEmbeddedLog>>) => {
  for await (const message of log.subscribeAll(null, { streamPrefixes: ['event-'] }))
    if (message.kind === 'transitions' && message.transitions[0] !== undefined) return message.transitions[0].stream;
  throw new Error('The log has no events');
};

/** What a witness answers to a checkpoint's text, and what is said of it. */
const useless: readonly (readonly [string, (text: string) => readonly [number, string], string])[] = [
  ['garbage', () => [200, 'garbage\n'], 'A signature: is not a line'],
  ['nothing', () => [200, ''], 'without a cosignature by its key'],
  ['10 MB', () => [200, 'x'.repeat(10_000_000)], 'more than 65536 bytes'],
  ['the cosignature of another key', (text) => [200, signatureLine(otherKey, text, 1)], 'without a cosignature'],
  ['a signature under its name that does not hold', () => [200, forged()], 'does not hold for this text'],
  ['a size that it does not keep to', counting(), 'answered with 409'],
  ['the size that it was asked from', () => [409, '0\n'], 'another root for the 0'],
  ['a size beyond the log', () => [409, '900000\n'], 'has cosigned 900000 transitions, and this log has signed 4'],
  ['a size that is none', () => [409, 'none\n'], 'is not a decimal number'],
  ['an unknown log', () => [404, 'unknown\n'], 'answered with 404 "unknown"'],
  ['no known signature', () => [403, 'whose?\n'], 'answered with 403 "whose?"'],
  ['an inconsistency', () => [422, 'no\n'], 'answered with 422 "no"'],
];

function forged(): string {
  return formatSignatureLine(key, Buffer.alloc(72, 1));
}

function counting(): () => readonly [number, string] {
  let size = 0;
  return () => [409, `${++size}\n`];
}

/** A server in the place of a witness. */
async function answering(answerTo: (text: string) => readonly [number, string]): Promise<number> {
  const server = createServer((request, response) => {
    void textOf(request).then((asked) => {
      const [status, body] = answerTo(parseNote(parseAddCheckpoint(asked).checkpoint).text);
      response.writeHead(status).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('a witness that answers with', () => {
  it.each(useless)('%s has cosigned nothing, and is reported', async (_what, answerTo, reported) => {
    const system = await anchoredLog(await answering(answerTo));
    const size = await system.sign(3);
    await system.until(() => system.notice() !== null);
    expect(system.notice()).toContain(reported);
    expect(verifyCheckpoint((await signedNote(system.tree)) ?? '', policyOfKey(logKey))).toMatchObject({ size });
    expect(system.isCosigned()).toBe(false);
    expect(system.lines).toMatchObject([{ level: 'warn', fields: { witness: key.name } }]);
  });

  it('lines of other keys beside its own, once it is asked again, has cosigned', async () => {
    let asked = 0;
    const port = await answering((text) =>
      ++asked === 1 ? [500, ''] : [200, signatureLine(otherKey, text, 1) + signatureLine(key, text, 7)],
    );
    const system = await anchoredLog(port);
    await system.sign(3);
    await system.until(() => system.notice() !== null);
    // Asked again without a newer checkpoint.
    system.clock.advance(ASK_AGAIN_MS);
    await system.until(system.isCosigned);
    const { cosignatures } = verifyCheckpoint((await signedNote(system.tree)) ?? '', policy);
    expect(cosignatures).toMatchObject([{ atSeconds: 7 }]);
  });
});
