import { setTimeout as pause } from 'node:timers/promises';
import { findPostgres } from '../../test/support/services/postgres.ts';
import { type DrilledSystem, startDrilledSystem } from './servers.ts';

const EVENTS = 20;
const LATER_EVENTS = 5;
/** Only so that a failure ends. */
const LONGEST_MS = 120_000;

export function missingForDrill(): string | null {
  const found = findPostgres();
  return found.found ? null : found.why;
}

/** Goes through the whole of it; each step is printed once it is done. @throws when one does not go as it should. */
export async function runDrill(print: (line: string) => void): Promise<void> {
  const system = await startDrilledSystem();
  try {
    await drill(system, print);
  } finally {
    await system.close();
  }
}

async function drill(system: DrilledSystem, print: (line: string) => void): Promise<void> {
  const old = await system.newDatabase('eventops');
  let eventops = await system.start(old);
  const kept = await postAll(system, 'kept', EVENTS);
  await untilListed(system, kept);
  print(`1. ${EVENTS} events are in the log and in the rows`);

  await system.copyLog();
  print('2. The log was backed up: its server was stopped, and its folder copied');

  const lost = await postAll(system, 'lost', LATER_EVENTS);
  await untilListed(system, [...kept, ...lost]);
  print(`3. ${LATER_EVENTS} more events were taken since then`);

  await eventops.stop();
  await system.restoreLog();
  print('4. The log was lost. Every process was stopped, and the backup put in its place');

  const refusal = await system.start(old).then(
    () => null,
    (error: Error) => error.message,
  );
  const reason = /The read tables in DATABASE_URL do not belong to this log: .*?(?=\. Connect to)/.exec(
    refusal ?? '',
  )?.[0];
  require(reason !== undefined, `A start on rows that have seen more than the log has was not refused: ${refusal}`);
  print(`5. A start with the rows of before is refused, and changes nothing: ${reason}`);

  eventops = await system.start(await system.newDatabase('eventops_2'));
  await untilListed(system, kept);
  await requireRowsOfHistories(system, kept);
  print(`6. With an empty database the rows were built from the log: ${EVENTS} events, each as its history says`);

  for (const id of lost) require((await system.ask(`/v1/events/${id}`)).status === 404, `${id} is not lost`);
  require(same(await postAll(system, 'lost', LATER_EVENTS), lost), 'Lost events that were sent again have other ids');
  await untilListed(system, [...kept, ...lost]);
  print(
    `7. The ${LATER_EVENTS} events that the backup lacks are 404, and were received again under their keys, with their ids`,
  );
  await eventops.stop();
}

async function postAll(system: DrilledSystem, name: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const { status, body } = await untilAnswered(() => system.ask('/v1/events', { key: `${name}-${number}` }));
    require(status === 201, `A post was answered with ${status}: ${JSON.stringify(body)}`);
    ids.push((body as { readonly id: string }).id);
  }
  return ids;
}

/** A log's server that has just started may not be connected yet. */
async function untilAnswered(ask: () => ReturnType<DrilledSystem['ask']>): ReturnType<DrilledSystem['ask']> {
  for (const giveUpAt = performance.now() + LONGEST_MS; ; await pause(100)) {
    const answer = await ask();
    if (answer.status !== 503 || performance.now() > giveUpAt) return answer;
  }
}

interface Listed {
  readonly id: string;
  readonly revision: number;
}

async function list(system: DrilledSystem): Promise<readonly Listed[]> {
  const { body } = await system.ask('/v1/events?limit=100');
  return (body as { readonly items?: readonly Listed[] }).items ?? [];
}

async function untilListed(system: DrilledSystem, ids: readonly string[]): Promise<void> {
  for (const giveUpAt = performance.now() + LONGEST_MS; ; await pause(100)) {
    const listed = (await list(system)).map(({ id }) => id);
    if (same(listed, ids)) return;
    require(performance.now() < giveUpAt, `The rows have ${listed.length} events, and the log ${ids.length}`);
  }
}

async function requireRowsOfHistories(system: DrilledSystem, ids: readonly string[]): Promise<void> {
  const rows = new Map((await list(system)).map((row) => [row.id, row]));
  for (const id of ids) {
    const { body } = await system.ask(`/v1/events/${id}/history`);
    const { items, verified } = body as { readonly items: readonly unknown[]; readonly verified: boolean };
    require(verified && rows.get(id)?.revision === items.length - 1, `The row of ${id} is not what its history says`);
  }
}

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && new Set([...one, ...other]).size === one.length;

function require(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise);
}
