import type { EventLog, RecordedTransition } from '../../src/application/ports/event-log.ts';

/** @returns what is different of a transition that is read; `index` is its place in what is read. */
export type Falsification = (recorded: RecordedTransition, index: number) => Partial<RecordedTransition>;

/** A log that gives back something else than was written, to whoever reads it and however. */
export const falsified = (log: EventLog, change: Falsification): EventLog => {
  const falsify = (recorded: RecordedTransition, index: number) => ({ ...recorded, ...change(recorded, index) });
  return {
    ...log,
    readStream: async (stream, from) => (await log.readStream(stream, from)).map(falsify),
    async *readPages(stream) {
      let index = 0;
      for await (const page of log.readPages(stream)) yield page.map((recorded) => falsify(recorded, index++));
    },
    async *subscribeAll(after, options) {
      for await (const message of log.subscribeAll(after, options))
        yield message.kind === 'transitions' ? { ...message, transitions: message.transitions.map(falsify) } : message;
    },
  };
};
