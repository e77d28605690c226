import { createBackoff } from '../../application/backoff.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Random } from '../../application/ports/random.ts';
import { within } from '../../application/within.ts';
import type { Broker } from './broker.ts';
import { explain } from './explain.ts';
import { openSession, type Session } from './session.ts';

const RECONNECT = { firstMs: 100, longestMs: 5_000 };
const PREPARE_DEADLINE_MS = 10_000;

export interface SupervisionOptions {
  readonly broker: Broker;
  readonly purpose: 'publishing' | 'consuming';
  /** Makes a new session usable: declares, consumes. */
  readonly prepare: (session: Session) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** A session that is opened again, with backoff and without limit, whenever it is lost. amqplib itself stays disconnected. */
export interface SupervisedSession {
  /** The session in use, or the next one. */
  session(): Promise<Session>;
  current(): Session | null;
  /** Resolves after the first attempt to connect, whether it succeeded or not. */
  readonly attempted: Promise<void>;
  /** What keeps us from the broker, in words for an operator; `null` when nothing does. */
  unhealthyReason(): string | null;
  /** Makes no further session; the present one stays until it is lost or closed. */
  retire(): void;
  close(): Promise<void>;
}

export function superviseSession({ broker, purpose, prepare, clock, random, logger }: SupervisionOptions) {
  const retired = new AbortController();
  const attempted = Promise.withResolvers<void>();
  let next = Promise.withResolvers<Session>();
  let current: Session | null = null;
  let unhealthyReason: string | null = `RabbitMQ at ${broker.label}: not connected yet`;

  const open = async () => {
    const session = await openSession(broker, { purpose, clock });
    await within(clock, PREPARE_DEADLINE_MS, prepare(session)).catch((error) => {
      session.abandon(error);
      throw error;
    });
    return session;
  };

  const use = async (session: Session) => {
    if (retired.signal.aborted) return session.close();
    if (unhealthyReason !== null) logger.info({ broker: broker.label, purpose }, 'connected to RabbitMQ');
    unhealthyReason = null;
    current = session;
    next.resolve(session);
    next = Promise.withResolvers();
    attempted.resolve();
    const reason = await session.lost;
    current = null;
    throw reason;
  };

  const report = (error: unknown, retryInMs: number) => {
    const found = explain(error, broker);
    // Said once, not at each of the attempts that fail in the same way.
    if (found !== unhealthyReason) logger.warn({ broker: broker.label, purpose, retryInMs }, found);
    unhealthyReason = found;
  };

  const run = async () => {
    const backoff = createBackoff(RECONNECT, random);
    let openedAt = Number.POSITIVE_INFINITY;
    while (!retired.signal.aborted) {
      try {
        const session = await open();
        openedAt = clock.now();
        await use(session);
      } catch (error) {
        if (retired.signal.aborted) return;
        // A session that was lost as soon as it was made is no reason to be quick with the next.
        if (clock.now() - openedAt > RECONNECT.longestMs) backoff.reset();
        openedAt = Number.POSITIVE_INFINITY;
        const retryInMs = backoff.next();
        report(error, retryInMs);
        attempted.resolve();
        await clock.sleep(retryInMs, retired.signal);
      }
    }
  };
  void run();

  return {
    session: async () => (current?.isOpen() ? current : next.promise),
    current: () => current,
    attempted: attempted.promise,
    unhealthyReason: () => unhealthyReason,
    retire: () => retired.abort(),
    close: async () => {
      retired.abort();
      attempted.resolve();
      await current?.close();
    },
  } satisfies SupervisedSession;
}
