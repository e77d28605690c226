import type { BackgroundService } from '../application/ports/background-service.ts';

/** A service that follows the log, and beside it what brings into the rows what it passed over. */
export function withRepair(
  service: BackgroundService,
  { repair, notice }: { readonly repair: (signal: AbortSignal) => Promise<void>; readonly notice: () => string | null },
): BackgroundService {
  const stopping = new AbortController();
  let repairing: Promise<void> | null = null;
  return {
    ...service,
    async start() {
      await service.start();
      repairing = repair(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await Promise.all([service.stop(), repairing]);
    },
    notice,
  };
}
