import type { MessagePort } from 'node:worker_threads';
import type { Lender } from '../../adapters/postgres/borrowed-database.ts';
import { failureOf } from '../../application/carried-failure.ts';
import type { EventReader, SubscribeOptions } from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { messageOf, transitionsOf } from './carried-transitions.ts';
import type { Call, Calls, FromThread, Level, ToThread } from './messages.ts';

/** Log, read database and log lines of the process, for a thread of it. */
export function askProcess(port: MessagePort) {
  const say = (message: FromThread, moved: readonly ArrayBuffer[] = []) => port.postMessage(message, moved);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  port.on('message', (message: ToThread) => {
    const call = waiting.get(message.number);
    waiting.delete(message.number);
    if (message.kind === 'answer') call?.resolve(message.value);
    else call?.reject(failureOf(message.failure));
  });

  function ask<Name extends keyof Calls>(name: Name, ...given: Parameters<Calls[Name]>): ReturnType<Calls[Name]> {
    const answered = Promise.withResolvers<unknown>();
    waiting.set(++last, answered);
    const call = { name, given } as Call;
    say({ kind: 'call', number: last, call }, call.name === 'query' ? buffersOf(call.given[2]) : []);
    return answered.promise as ReturnType<Calls[Name]>;
  }

  const lender: Lender = {
    borrow: () => ask('borrow'),
    query: (connection, text, values) => ask('query', connection, text, values),
    giveBack: (connection) => say({ kind: 'give-back', connection }),
  };
  const log: Pick<EventReader, 'subscribeAll' | 'readPages'> = {
    async *subscribeAll(after, { streamPrefixes, maxBatch }: SubscribeOptions = {}) {
      await ask('subscribe', after, streamPrefixes, maxBatch);
      for (;;) {
        const message = await ask('next');
        if (message.kind === 'ended') return;
        yield messageOf(message);
      }
    },
    // Read models look at the first transition of a stream alone.
    async *readPages(stream) {
      yield transitionsOf(await ask('first', stream));
    },
  };
  const line =
    (level: Level): Logger[Level] =>
    (fields, message) =>
      say({ kind: 'line', level, fields, message });
  const logger: Logger = {
    ...{ debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    child: () => logger,
  };
  return { log, lender, logger };
}

/** What parameters are made of bytes is moved, not copied. */
const buffersOf = (values: readonly unknown[]) =>
  values.flatMap((value) => (value instanceof Uint8Array && value.buffer instanceof ArrayBuffer ? [value.buffer] : []));
