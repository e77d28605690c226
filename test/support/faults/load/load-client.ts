import { askUntilCertain, type Service } from './ask.ts';
import { type Fate, fateOf, isContradicted, isPostedTwice, types } from './fates.ts';
import type { WitnessFile } from './witness-file.ts';

const AT_ONCE = 16;

export interface PostedEvent {
  readonly eventId: string;
  readonly fate: Fate;
}

export interface LoadClient {
  /** Of all that it posts. */
  readonly source: string;
  /** Posts on, up to so many events in all. */
  release(upTo: number): void;
  /** Resolves once everything that was released has its 2xx. @throws when an answer was none that may come. */
  acknowledged(): Promise<void>;
  /** What was witnessed so far, in the order of the acknowledgements. */
  readonly posted: readonly PostedEvent[];
}

export interface LoadOptions {
  readonly service: Service;
  readonly witness: WitnessFile;
  readonly source: string;
  /** As `performance.now()` has it: by then everything has to be acknowledged. */
  readonly deadline: number;
}

/**
 * Clients that post numbered events until each has a 2xx, write that down, and never ask for the event again: whoever
 * asked again would hide a lost acknowledgement.
 */
export function createLoadClient({ service, witness, source, deadline }: LoadOptions): LoadClient {
  const posted: PostedEvent[] = [];
  const lanes = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let released = 0;
  let next = 0;

  const post = async (number: number, payload: string) => {
    const idempotencyKey = `${source}/${number}`;
    const head = JSON.stringify({ type: types[fateOf(number)], source }).slice(0, -1);
    const headers = { 'idempotency-key': idempotencyKey };
    const body = `${head},"payload":${payload}}`;
    const answer = await askUntilCertain(service, { path: '/v1/events', headers, body }, deadline);
    if (answer.status >= 300) return answer;
    const { id } = answer.body as { readonly id: string };
    await witness.acknowledged({ eventId: id, idempotencyKey, payload });
    posted.push({ eventId: id, fate: fateOf(number) });
    return answer;
  };

  const postNumber = async (number: number) => {
    const payload = JSON.stringify({ number, note: `✓ ${'x'.repeat(number % 300)}` });
    const times = isPostedTwice(number) ? 2 : 1;
    for (const { status, body } of await Promise.all(Array.from({ length: times }, () => post(number, payload))))
      if (status >= 300) throw new Error(`Event ${number} was answered with ${status}: ${JSON.stringify(body)}`);
    if (!isContradicted(number)) return;
    const { status } = await post(number, JSON.stringify({ number, note: 'something else' }));
    if (status !== 422) throw new Error(`Another body under the key of event ${number} was answered with ${status}`);
  };

  const postInTurn = async () => {
    while (next < released && failures.length === 0) await postNumber(next++);
  };
  const startLane = () => {
    const lane = postInTurn().catch((error: unknown) => void failures.push(error));
    lanes.add(lane);
    void lane.then(() => lanes.delete(lane));
  };

  return {
    source,
    posted,
    release: (upTo) => {
      released = Math.max(released, upTo);
      while (lanes.size < AT_ONCE && next < released) startLane();
    },
    acknowledged: async () => {
      await Promise.all(lanes);
      if (failures.length > 0) throw failures[0];
    },
  };
}
