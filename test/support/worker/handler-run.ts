import type { EventState } from '../../../src/domain/event/state.ts';
import type { HandlerRun } from '../../../src/worker/handler-runner.ts';
import { handlerOf } from './workshop.ts';

/** The run of an event's first attempt, as a runner is given it. */
export const handlerRun = (suspicions: EventState['suspicions'] = []): HandlerRun => ({
  eventId: 'event',
  state: {
    received: { type: 'order.placed', source: 'shop', payload: '{}' },
    generation: 0,
    attempts: 1,
    suspicions,
  } as unknown as EventState,
  receivedAt: '2026-01-01T00:00:00.000Z',
  traceparent: null,
  handler: handlerOf(async () => {}),
});
