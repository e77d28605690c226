import type { BackgroundService } from '../application/ports/background-service.ts';

/** What goes on beside a service that follows the log. */
export interface WorkOnRows {
  run(signal: AbortSignal): Promise<void>;
  /** What an operator is to know of the rows; `null` when nothing. */
  notice(): string | null;
}

/** A service that follows the log, and beside it what looks after the rows that it writes. */
export function withWorkOnRows(service: BackgroundService, work: readonly WorkOnRows[]): BackgroundService {
  const stopping = new AbortController();
  let running: readonly Promise<void>[] = [];
  return {
    ...service,
    async start() {
      await service.start();
      running = work.map(({ run }) => run(stopping.signal));
    },
    async stop() {
      stopping.abort();
      await Promise.all([service.stop(), ...running]);
    },
    notice() {
      const notices = work.map(({ notice }) => notice()).filter((each) => each !== null);
      return notices.length === 0 ? null : notices.join('; ');
    },
  };
}
