import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { openTreeFolder } from '../../../src/adapters/tree-folder/open-tree-folder.ts';
import { anchoredPrefixes } from '../../../src/application/anchoring/anchor.ts';
import { auditTreeIdOf } from '../../../src/application/anchoring/signed-checkpoints.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { NOTE_SIGNATURE, verifierKey } from '../../../src/application/transparency/keys.ts';
import { policyOfKey } from '../../../src/application/transparency/policies.ts';
import { verifyCheckpoint } from '../../../src/application/transparency/verify-checkpoint.ts';
import { makeDataFolder } from '../../support/processes/data-folder.ts';
import { type RunningEventOps, runEventOps } from '../../support/processes/running-eventops.ts';
import { checkpointsIn, entriesOf } from '../../support/transparency/anchored-log.ts';
import { plainRoot } from '../../support/transparency/plain-tree.ts';

const ORIGIN = 'log.example/audit';
const settings = { AUDIT_ORIGIN: ORIGIN, AUDIT_CHECKPOINT_SECONDS: '1' };

async function everythingIn(folder: string): Promise<readonly RecordedTransition[]> {
  const log = await openEmbeddedLog({ path: join(folder, 'log.sqlite') });
  const all: RecordedTransition[] = [];
  for await (const message of log.subscribeAll(null, { streamPrefixes: [...anchoredPrefixes, 'audit-'] })) {
    if (message.kind === 'caught-up') break;
    if (message.kind === 'transitions') all.push(...message.transitions);
  }
  await log.close();
  return all;
}

describe('EventOps in one process', { timeout: 240_000 }, () => {
  let folder = '';
  let running: RunningEventOps;
  const start = async () => {
    running = await runEventOps({ dataFolder: folder, env: settings });
  };
  const post = async (key: string) => {
    const answer = await fetch(`${running.url}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${running.token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ type: 'order.placed', source: 'shop', payload: { orderId: key } }),
    });
    expect(answer.status).toBe(201);
  };
  const untilSigned = async (atLeast: number) => {
    for (;;) if ((await running.metric('eventops_audit_signed_transitions')) >= atLeast) return;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-anchored-'));
    await makeDataFolder(folder);
    await start();
  });
  afterAll(async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('signs what is in its log with the key in its data folder, over restarts and kills', async () => {
    await post('one');
    await untilSigned(1);
    await running.kill();
    await start();
    await post('two');
    await untilSigned(2);
    expect(await running.metric('eventops_part_ready', 'part="anchor"')).toBe(1);
    const served = await fetch(`${running.url}/v1/audit/checkpoint`, {
      headers: { authorization: `Bearer ${running.token}` },
    }).then((answer) => answer.text());
    await running.stop();

    const all = await everythingIn(folder);
    const checkpoints = checkpointsIn(all);
    const pem = await readFile(join(folder, 'audit-key.pem'), 'utf8');
    const publicKey = Buffer.from(createPublicKey(pem).export({ format: 'jwk' }).x ?? '', 'base64url');
    const policy = policyOfKey(verifierKey(ORIGIN, NOTE_SIGNATURE, publicKey));
    expect(checkpoints.length).toBeGreaterThan(1);
    expect(checkpoints.map(({ note }) => note)).toContain(served);
    for (const { note, size } of checkpoints)
      expect(verifyCheckpoint(note, policy).root).toEqual(plainRoot(entriesOf(all).slice(0, size)));
    expect((await stat(join(folder, 'audit-key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('is red, and signs nothing, when the log is not what was anchored', async () => {
    const tree = openTreeFolder(join(folder, 'audit', auditTreeIdOf(ORIGIN)));
    const state = await tree.state();
    await writeFile(
      join(folder, 'audit', auditTreeIdOf(ORIGIN), 'state.json'),
      JSON.stringify({ ...state, rootHash: Buffer.alloc(32).toString('base64') }),
    );
    await start();
    await post('three');
    for (;;) if ((await running.metric('eventops_part_ready', 'part="anchor"')) === 0) break;
    expect(await running.metric('eventops_audit_signed_transitions')).toBe(0);
  });
});
