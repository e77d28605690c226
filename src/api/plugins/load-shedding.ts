import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../application/ports/clock.ts';
import type { EventLoop } from '../../application/ports/event-loop.ts';
import type { Limits } from '../limits.ts';
import { sendProblem } from './problems.ts';

const ABOUT = 'load';

/**
 * Refuses requests, before anything is done for them, while the process is so late that it would answer them too late:
 * more would only make it later. Probes and other public routes are answered, because a process that is ended for its load
 * leaves the others more of it.
 */
export function addLoadShedding(
  server: FastifyInstance,
  eventLoop: EventLoop,
  { clock, limits }: { readonly clock: Clock; readonly limits: Limits },
): void {
  /** In a row: a single one is a pause, such as that of a process that was suspended, and it is over. */
  let lateLooks = 0;
  const isTooLate = () => lateLooks >= limits.lateLooks;
  const closing = new AbortController();

  function look(): void {
    const latenessMs = eventLoop.latenessMs();
    lateLooks = latenessMs > limits.latenessMs ? lateLooks + 1 : 0;
    const { repeatingReport: report } = server;
    if (!isTooLate()) report.wentWell(ABOUT);
    else
      report.occurred({
        ...{ about: ABOUT, kind: 'late', level: 'warn' },
        fields: { latenessMs: Math.round(latenessMs) },
        message: 'requests are refused: the process is late with everything it does',
      });
  }

  server.addHook('onReady', async () => {
    const watch = async () => {
      for (;;) {
        await clock.sleep(limits.lookEveryMs, closing.signal);
        if (closing.signal.aborted) return;
        look();
      }
    };
    void watch();
  });
  server.addHook('onClose', async () => closing.abort());
  server.addHook('onRequest', (request, reply, done) => {
    const { access = 'public' } = request.routeOptions.config.route ?? {};
    if (access === 'public' || !isTooLate()) return done();
    sendProblem(reply, {
      code: 'overloaded',
      detail: 'Nothing was taken. Send it again after the pause.',
      retryAfterSeconds: limits.retryAfterLoadSeconds,
    });
  });
}
