import { receiveSentEvent } from '../../../src/api/intake/receive-sent-event.ts';
import { prepare } from '../../../src/api/intake/sent-event.ts';
import type { CommandContext } from '../../../src/application/command-context.ts';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import type { Acknowledged, AnsweredRequest } from '../guarantees/evidence.ts';
import type { SimulatedProcess } from './process.ts';
import type { OperatorAct, PostedEvent } from './scenario.ts';
import type { World } from './world.ts';

const CLIENT = 'shop';
const TRY_AGAIN_AFTER_MS = 200;

interface Answer {
  /** When it was asked for, in milliseconds since the beginning. */
  readonly askedAt: number;
}

/** What clients and operators hold in their hands: the answers that they were given. */
export interface Witness {
  readonly acknowledged: (Acknowledged & Answer)[];
  readonly answered: (AnsweredRequest & Answer)[];
  /** People who still want something. */
  waiting: number;
}

export const eventIdOfKey = (key: string) => eventIdOf(CLIENT, key);

interface Surroundings {
  readonly world: World;
  readonly witness: Witness;
  /** Some process that takes requests; `null` while there is none. */
  readonly api: () => SimulatedProcess | null;
}

/** A client that asks until it has a 2xx, and never again after it. */
export async function client(surroundings: Surroundings, { key, postedAt }: PostedEvent): Promise<void> {
  const { world, witness } = surroundings;
  // Not as JSON.stringify would write it: it is to be kept as it was sent.
  const payload = `{ "key": ${JSON.stringify(key)}, "amount": 1.0 }`;
  await world.time.sleep(postedAt);
  // Nothing can be learnt of an event whose history is broken, nor be done about it.
  while (!world.falsified.has(eventIdOfKey(key))) {
    const askedAt = world.time.passed();
    const answer = await post(surroundings, key, payload);
    if (answer?.ok === true) {
      const eventId = answer.isNew ? answer.event.id : answer.id;
      world.tell(() => `client: 2xx for ${eventId.slice(0, 8)} (${key})`);
      witness.acknowledged.push({ eventId, idempotencyKey: key, payload, askedAt });
      return;
    }
    if (answer !== null) world.seen.push(`the first request under ${key} was refused: ${answer.problem.code}`);
    await world.time.sleep(TRY_AGAIN_AFTER_MS);
  }
}

/** Somebody who asks for something else under a key that stands for an event already. */
export async function careless(surroundings: Surroundings, { key }: PostedEvent): Promise<void> {
  const { world, witness } = surroundings;
  const isBroken = () => world.falsified.has(eventIdOfKey(key));
  while (!isBroken() && !witness.acknowledged.some(({ idempotencyKey }) => idempotencyKey === key))
    await world.time.sleep(TRY_AGAIN_AFTER_MS);
  while (!isBroken()) {
    const answer = await post(surroundings, key, JSON.stringify({ key, isOther: true }));
    if (answer?.ok === true) world.seen.push(`another request under ${key} was accepted`);
    if (answer !== null) return;
    await world.time.sleep(TRY_AGAIN_AFTER_MS);
  }
}

async function post({ api, world }: Surroundings, key: string, payload: string) {
  const process = api();
  if (process === null) return null;
  const sent = prepare({
    ...{ type: 'order.placed', source: CLIENT, payload, payloadValue: JSON.parse(payload) },
    ...{ contentType: 'application/json', orderingKey: null, cloudEvent: null, idempotencyKey: null },
  });
  const by = { clientId: CLIENT, idempotencyKey: key, context: contextOf(CLIENT, `post-${key}`) };
  world.tell(() => `client: posts ${key} to ${process.life.slot}`);
  return process.ask((dependencies) => receiveSentEvent(dependencies, sent, by));
}

/** An operator who replays under a key, until the answer is certain, or discards once. */
export async function operator(surroundings: Surroundings, act: OperatorAct, number: number): Promise<void> {
  const { world, witness, api } = surroundings;
  const { what, key, at, operator: subject } = act;
  const eventId = eventIdOfKey(key);
  const requestId = `${what}-${number}`;
  const context = contextOf(subject, requestId);
  await world.time.sleep(at);
  const asked = { eventId, clientId: subject, requestedBy: subject, context };
  const replay = { key: requestId, reason: 'It is fixed' };
  for (let isFirst = true; !world.falsified.has(eventId); isFirst = false) {
    const askedAt = world.time.passed();
    const answer = await api()?.ask<{ readonly ok: boolean }>((dependencies) =>
      what === 'replay'
        ? dependencies.useCases.replayEvent({ ...asked, ...replay, permissionOf: dependencies.replayPermissionOf })
        : dependencies.useCases.discardEvent({ ...asked, key: null, reason: 'It is wrong' }),
    );
    if (answer) {
      world.tell(() => `${subject}: ${what} of ${eventId.slice(0, 8)} is ${answer.ok ? 'done' : 'refused'}`);
      // A refusal is of this request; one before that was not answered may be on its way yet.
      if (answer.ok || isFirst) witness.answered.push({ requestId, eventId, wasDone: answer.ok, askedAt });
      return;
    }
    // Without a key, asking again could be asking twice.
    if (what === 'discard') return;
    await world.time.sleep(TRY_AGAIN_AFTER_MS);
  }
}

const contextOf = (subject: string, requestId: string): CommandContext => ({
  actor: { clientId: subject, kind: 'principal', roles: [], subject, tokenId: null },
  requestId,
});
