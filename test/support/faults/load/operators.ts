import { randomUUID } from 'node:crypto';
import type { SeededMoments } from '../seeded-moments.ts';
import { askOnce, isCertain, type Question, type Service } from './ask.ts';
import { mayDie, types } from './fates.ts';
import type { PostedEvent } from './load-client.ts';
import type { WitnessFile } from './witness-file.ts';

const MAX_TRIES = 20;
const LONGEST_PAUSE_MS = 100;

export interface Operators {
  /** Resolves once what they had in hand is answered, or given up. */
  stop(): Promise<void>;
}

export interface OperatorsOptions {
  readonly service: Service;
  readonly witness: WitnessFile;
  readonly moments: SeededMoments;
  /** To choose from; grows meanwhile. */
  readonly posted: readonly PostedEvent[];
}

/** People who replay and discard events, some of them two at once, and write down what they were answered for certain. */
export function startOperators({ service, witness, moments, posted }: OperatorsOptions): Operators {
  let isStopping = false;
  let turn = 0;

  const replay = async (eventId: string) => {
    const requestId = randomUUID();
    const question: Question = {
      path: `/v1/events/${eventId}/replay`,
      headers: { 'x-request-id': requestId, 'idempotency-key': requestId },
      body: JSON.stringify({ reason: 'it is worth another try' }),
    };
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const answer = await askOnce(service, turn++, question);
      if (isCertain(answer)) {
        // A refusal tells of its own try alone: an earlier one, unanswered, may still be on its way to the log.
        if (answer.status < 300 || tries === 0)
          await witness.answered({ requestId, eventId, wasDone: answer.status < 300 });
        return;
      }
      await moments.within(LONGEST_PAUSE_MS);
    }
  };
  /** Without a key it is asked once: what a second time would do is another thing. */
  const discard = async (eventId: string) => {
    const requestId = randomUUID();
    const answer = await askOnce(service, turn++, {
      path: `/v1/dead-letters/${eventId}/discard`,
      headers: { 'x-request-id': requestId },
      body: JSON.stringify({ reason: 'nobody needs it' }),
    });
    if (isCertain(answer)) await witness.answered({ requestId, eventId, wasDone: answer.status < 300 });
  };

  const work = async () => {
    while (!isStopping) {
      await moments.within(LONGEST_PAUSE_MS);
      // A third of what they do is about events that become dead letters, the only ones that can be discarded.
      const others = moments.fraction() < 1 / 3 ? posted.filter(({ fate }) => mayDie(types[fate])) : posted;
      const chosen = others[Math.floor(moments.fraction() * others.length)];
      if (chosen === undefined) continue;
      const acts = moments.oneOf([[replay], [discard], [replay, replay], [replay, discard]] as const);
      await Promise.all(acts.map((act) => act(chosen.eventId)));
    }
  };
  const working = work();
  return {
    stop: async () => {
      isStopping = true;
      await working;
    },
  };
}
