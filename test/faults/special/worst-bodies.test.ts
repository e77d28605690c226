import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { startEmbeddedSystem } from '../../support/faults/special/embedded-system.ts';
import { worstBodies } from '../../support/faults/special/worst-bodies.ts';
import { peakMemoryOf } from '../../support/peak-memory.ts';

const CLIENTS = 64;
const MOST_MIB = 1_024;

/** These clients send as fast as they can: who is too slow for a 408 is the server. */
const isHonest = (status: number) =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 408) || status === 503;

it.skipIf(!isWhole())(
  `${CLIENTS} clients who send the worst bodies are answered 2xx, 4xx, 429 or 503, in less than 1 GiB`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'eventops-worst-bodies-'));
    const system = await startEmbeddedSystem(folder);
    const agent = new Agent({ connections: CLIENTS, headersTimeout: 120_000, bodyTimeout: 120_000 });
    onTestFinished(async () => {
      await agent.destroy();
      await system.kill();
      await rm(folder, { recursive: true });
    });
    const { urls, token } = system.service;
    const statuses = new Map<number, number>();
    const taken: string[] = [];
    const lost: string[] = [];
    const bodies = worstBodies.map(({ body, ...rest }) => ({ ...rest, bytes: Buffer.from(body()) }));

    // From here on the system counts the peak: a start, with its database, is none of this.
    writeFileSync(`/proc/${system.pid}/clear_refs`, '5');
    const before = Math.round(peakMemoryOf(system.pid));
    const endAt = performance.now() + 60_000;

    const post = async ({ path, type, bytes }: (typeof bodies)[number]) => {
      const answer = await request(`${urls[0]}${path}`, {
        ...{ dispatcher: agent, method: 'POST', body: bytes },
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
      });
      const { location } = answer.headers;
      await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
      if (typeof location === 'string') taken.push(location);
    };
    const client = async (number: number) => {
      for (let turn = number; performance.now() < endAt && system.isRunning(); turn++) {
        const body = bodies[turn % bodies.length] as (typeof bodies)[number];
        await post(body).catch((error) => lost.push(`${body.what}: ${error}`));
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));

    const counts = Object.fromEntries([...statuses].sort(([one], [other]) => one - other));
    process.stdout.write(
      `worst bodies: ${JSON.stringify(counts)}, ${lost.length} without an answer, ${before} MiB resident before, at most ${Math.round(peakMemoryOf(system.pid))}\n`,
    );
    expect(system.isRunning()).toBe(true);
    expect(lost, 'requests without an answer').toEqual([]);
    expect([...statuses.keys()].filter((status) => !isHonest(status))).toEqual([]);
    expect(taken.length).toBeGreaterThan(0);
    for (const location of taken.slice(0, 50)) {
      const answer = await request(`${urls[0]}${location}`, {
        dispatcher: agent,
        headers: { authorization: `Bearer ${token}` },
      });
      await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
      expect(answer.statusCode).toBe(200);
    }
    expect(peakMemoryOf(system.pid)).toBeLessThan(MOST_MIB);
  },
);
