import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Backup } from '../../support/eventstoredb/faults/fault.ts';
import { type Answer, askOnce, type Question } from '../../support/faults/load/ask.ts';
import { freePort } from '../../support/free-port.ts';
import { type FullProfile, missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import type { Role } from '../../support/processes/role-process.ts';
import { spawnEventOps } from '../../support/processes/spawn-eventops.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: a restored log under running processes, because ${missing}\n`);

/** Only so that a failure ends; each look is at what a process says by itself. */
const LONGEST_MS = 240_000;

async function until<Value>(what: string, look: () => Promise<Value | null>): Promise<Value> {
  const giveUpAt = performance.now() + LONGEST_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${LONGEST_MS / 1_000} s`);
    await pause(50);
  }
}

describe.skipIf(missing !== null)('a log that is put back to an older state under running processes', () => {
  let profile: FullProfile;
  let older: Backup;
  let kept: string;
  let lost: string;

  const ask = async (question: Question): Promise<Answer> => {
    const answer = await askOnce({ urls: profile.apiUrls(), token: profile.token }, 0, question);
    if (answer === null) throw new Error(`No answer came for ${question.path}`);
    return answer;
  };
  const post = async (key: string) => {
    const body = JSON.stringify({ type: 'load.posted', source: 'shop', payload: { number: 1 } });
    const { status, body: answer } = await ask({ path: '/v1/events', headers: { 'idempotency-key': key }, body });
    return { status, id: (answer as { readonly id: string }).id };
  };
  const show = (id: string) => ask({ path: `/v1/events/${id}` });
  const list = () => ask({ path: '/v1/events' });
  const untilListed = (id: string) =>
    until(`${id} is listed as processed`, async () => {
      const { items } = (await list()).body as { readonly items?: readonly { readonly id: string; status: string }[] };
      return items?.some((each) => each.id === id && each.status === 'PROCESSED') ? id : null;
    });
  const readiness = async (role: Role) => {
    const [found] = profile.processes().filter((each) => each.role === role);
    const answer = await fetch(`${found?.monitoringUrl}/readyz`);
    const { details } = (await answer.json()) as { readonly details: Readonly<Record<string, string>> };
    return { status: answer.status, details };
  };
  const untilNoticed = (role: Role) =>
    until(`the ${role} says that the rows are not those of this log`, async () => {
      const { status, details } = await readiness(role);
      return status === 503 && 'rows of this log' in details ? details : null;
    });

  beforeAll(async () => {
    profile = await startFullProfile({ api: 1, projector: 1, dispatcher: 1, worker: 1 });
    kept = await untilListed((await post('kept')).id);
    older = await profile.log().faults.backup();
    lost = await untilListed((await post('lost')).id);
    await profile.log().faults.restore(older);
  }, LONGEST_MS);
  afterAll(() => profile?.stop());

  it.each(['api', 'projector', 'dispatcher'] as const)(
    'is noticed by the %s, which is not ready then',
    async (role) => {
      const { 'rows of this log': reason } = await untilNoticed(role);
      expect(reason).toContain('The rows are not those of this log, so they are not shown');
    },
  );

  it('is what the API answers from, and not the rows of events that the log has lost', async () => {
    expect((await show(kept)).status).toBe(200);
    expect((await show(lost)).status).toBe(404);
    expect((await ask({ path: `/v1/events/${lost}/history` })).status).toBe(404);
    const { status, body } = await list();
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'read-database-unavailable' } });
  });

  it('takes a lost event again, and every answer after that is of the one that it has', async () => {
    expect(await post('lost')).toEqual({ status: 201, id: lost });
    expect(await post('lost')).toEqual({ status: 200, id: lost });
    const shown = await show(lost);
    expect(shown).toMatchObject({ status: 200, body: { id: lost, status: 'RECEIVED' } });
    expect((await list()).status).toBe(503);
    expect((await readiness('api')).status).toBe(503);
  });

  it('stops the start of another process, which says what to do and changes nothing', async () => {
    const lines: string[] = [];
    const onLine = (line: string) => void lines.push(line);
    const args = ['--roles', 'projector'];
    const [port, metricsPort] = [await freePort(), await freePort()];
    const { ended, kill } = spawnEventOps({ args, env: profile.env, port, metricsPort, onLine });
    onTestFinished(kill);
    expect(await ended).toBe(1);
    expect(lines.join('\n')).toContain('The read tables in DATABASE_URL do not belong to this log');
    expect(lines.join('\n')).toContain('Nothing was changed');
  });
});
