import { createChainCheck, isUnbroken } from './envelope.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Logger } from './ports/logger.ts';

export const brokenHistoryLimits = {
  /** Streams that are known by name; of more it is known that there are some. */
  remembered: 1_000,
  /** Streams that an operator is shown at once. */
  named: 5,
} as const;
export type BrokenHistoryLimits = { readonly [Name in keyof typeof brokenHistoryLimits]: number };

export interface BrokenHistories {
  /** A history that is not what was written was met: one line in the log for each stream. */
  report(stream: string): void;
  count(): number;
  /** For an operator, with names; `null` while none was met. */
  unhealthyReason(): string | null;
}

/** The broken histories that this process has met since its start. */
export function createBrokenHistories({
  logger,
  limits,
}: {
  readonly logger: Logger;
  readonly limits?: Partial<BrokenHistoryLimits>;
}): BrokenHistories {
  const { remembered, named } = { ...brokenHistoryLimits, ...limits };
  const streams = new Set<string>();
  return {
    report(stream) {
      if (streams.has(stream) || streams.size >= remembered) return;
      streams.add(stream);
      logger.error({ stream }, 'a history does not match its hashes: nothing is done with it; keep the log as it is');
    },
    count: () => streams.size,
    unhealthyReason() {
      if (streams.size === 0) return null;
      const names = [...streams].slice(0, named).join(', ');
      const others = streams.size > named ? ` and ${streams.size - named} more` : '';
      const most = streams.size >= remembered ? 'at least ' : '';
      return `${most}${streams.size} of the histories that were read do not match their hashes: ${names}${others}`;
    },
  };
}

/** The log as it is, with each broken history that is read from it reported, for every reader. */
export const reportingBrokenHistories = (log: EventLog, { report }: Pick<BrokenHistories, 'report'>): EventLog => ({
  append: (request) => log.append(request),
  appendMany: (requests) => log.appendMany(requests),
  readStream: async (stream, from) => {
    const history = await log.readStream(stream, from);
    if (from === undefined && !isUnbroken(history)) report(stream);
    return history;
  },
  async *readPages(stream) {
    const isWhole = createChainCheck();
    for await (const page of log.readPages(stream)) {
      if (!page.every(isWhole)) report(stream);
      yield page;
    }
  },
  subscribeAll: (after, options) => log.subscribeAll(after, options),
  head: () => log.head(),
  verifyCheckpoint: (checkpoint) => log.verifyCheckpoint(checkpoint),
  session: () => log.session(),
  close: () => log.close(),
});
