import { LogUnavailable } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { DeadlinePassed, within } from '../../application/within.ts';
import { isOfConnection } from './classify.ts';
import type { Connection } from './connection.ts';
import { explain } from './explain.ts';
import type { Address } from './parse-address.ts';
import type { ReadRequest } from './protocol.ts';
import { type Read, receive, type Take } from './receive.ts';
import { NotConnected, type SupervisedConnection } from './supervise-connection.ts';
import { UnresponsiveDetector } from './unresponsive-detector.ts';

/** A connection carries 100 calls, and the 101st waits silently. The appends' call is one of them. */
const MAX_CONCURRENT_READS = 64;

export interface Reader {
  /** @throws {LogUnavailable} after the deadline, which includes the wait for a free call. */
  readonly read: Read;
}

interface Attempt {
  readonly givenUp: AbortSignal;
  readonly answersBefore: number;
  connection: Connection | null;
}

export function createReader(
  supervised: SupervisedConnection,
  { clock, address, deadlineMs }: { readonly clock: Clock; readonly address: Address; readonly deadlineMs: number },
): Reader {
  const detector = new UnresponsiveDetector(supervised.unresponsive);
  const queue: (() => void)[] = [];
  let reading = 0;

  const enter = async () => {
    if (reading >= MAX_CONCURRENT_READS) await new Promise<void>((resolve) => queue.push(resolve));
    else reading++;
  };
  /** The call goes to the next in the queue. */
  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else reading--;
  };

  /** Again on the next connection, where the one in use was lost before anything had come: reading changes nothing. */
  const readOn = async (request: ReadRequest, take: Take, attempt: Attempt): Promise<void> => {
    const connection = await supervised.settled();
    attempt.givenUp.throwIfAborted();
    attempt.connection = connection;
    let hasAnswer = false;
    let cancel = () => {};
    try {
      const call = connection.read(request);
      cancel = () => call.cancel();
      attempt.givenUp.addEventListener('abort', cancel);
      await receive(call, (response) => {
        hasAnswer = true;
        detector.answered();
        return take(response);
      });
      // The read of an empty log ends without any answer.
      detector.answered();
    } catch (error) {
      if (hasAnswer || attempt.givenUp.aborted || !isOfConnection(error)) throw error;
      supervised.failed(connection, error);
      return readOn(request, take, attempt);
    } finally {
      attempt.givenUp.removeEventListener('abort', cancel);
    }
  };

  const readInTurn = async (request: ReadRequest, take: Take, attempt: Attempt) => {
    await enter();
    try {
      attempt.givenUp.throwIfAborted();
      await readOn(request, take, attempt);
    } finally {
      leave();
    }
  };

  return {
    read: async (request, take) => {
      const givingUp = new AbortController();
      const attempt: Attempt = { givenUp: givingUp.signal, answersBefore: detector.answers, connection: null };
      try {
        await within(clock, deadlineMs, readInTurn(request, take, attempt));
      } catch (error) {
        givingUp.abort();
        throw translate(error, attempt);
      }
    },
  };

  function translate(error: unknown, { connection, answersBefore }: Attempt): LogUnavailable {
    if (error instanceof NotConnected) return new LogUnavailable(error.message);
    if (connection && error instanceof DeadlinePassed) detector.unanswered(connection, answersBefore);
    else if (connection) supervised.failed(connection, error);
    return new LogUnavailable(explain(error, address), { cause: error });
  }
}
