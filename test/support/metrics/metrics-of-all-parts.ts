import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { Lease, Leases } from '../../../src/application/ports/leases.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { byClient, posted } from '../worker/posting.ts';
import { createSeededRandom } from '../worker/seeded-random.ts';
import { metricsUnderTest } from './metrics-under-test.ts';

/** A store of leases that gives everyone what they ask for. */
const generousLeases: Leases = {
  acquire: async (name, owner): Promise<Lease> => ({ name, owner, epoch: 1n }),
  renew: async () => true,
  release: async () => {},
};

/** Every metric that there is, with samples where one event came and a request was answered. */
export async function metricsOfAllParts() {
  const { metrics, clock } = metricsUnderTest({ types: ['order.placed'] });
  const log = metrics.measuredLog(createInMemoryLog());
  const random = createSeededRandom(1);
  const useCases = metrics.countedUseCases(createUseCases({ log, clock, random }));
  const { requestAnswered, countProblem } = metrics.requests();
  const bus = metrics.measuredBus(new EmbeddedBus(), null);
  metrics.showBacklog(() => bus.backlog());
  metrics.showWorkLeft(async () => ({ deadLetters: [], dueWork: [] }));
  const subscriber = { name: 'projection:events', streamPrefixes: ['event-'], startsAtBeginning: true };
  metrics.showLagIn({ log, subscribers: [subscriber], storedCheckpoints: async () => new Map<string, Checkpoint>() });
  metrics.showReadinessOf([{ part: 'log', check: async () => null }]);
  metrics.showBrokenHistories(() => 0);
  metrics.showDroppedOutput(() => 0);
  metrics.handlersEnded('crashed');
  metrics.passedOver('projection:events', 0);
  await metrics.countedLeases(generousLeases).acquire('projection:events', 'process');
  await metrics
    .counted({ name: 'projection:events', load: async () => null, handle: async () => {} })
    .handle([], '1' as Checkpoint);
  requestAnswered({ route: '/v1/events', method: 'POST', status: 201, durationMs: 3 });
  countProblem('not-found');
  await useCases.receiveEvent(posted('first'), byClient);
  return { metrics, useCases, clock };
}
