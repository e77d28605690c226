import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { Lease, Leases } from '../../../src/application/ports/leases.ts';
import { createUseCases, type UseCases } from '../../../src/application/use-cases.ts';
import { failProcessing, startProcessing } from '../domain/commands.ts';
import { moment } from '../domain/transitions.ts';
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

/** One event that is received, run and a dead letter. */
async function failOnce(useCases: UseCases): Promise<void> {
  const received = await useCases.receiveEvent(posted('first'), byClient);
  const { id, current } = received;
  const claim = { worker: 'worker-1', leaseExpiresAt: moment(30) };
  const { kind: _start, ...start } = startProcessing({ ...claim, now: moment(1) });
  const started = await useCases.startProcessing(id, start, byClient, current);
  const { kind: _fail, ...fail } = failProcessing({ claim, now: moment(2), handler: null });
  await useCases.failProcessing(
    id,
    { ...fail, failure: { ...fail.failure, retryable: false } },
    byClient,
    started.current,
  );
}

/** Every metric that there is, with samples where one event came and a request was answered. */
export async function metricsOfAllParts() {
  const { metrics, clock } = metricsUnderTest({ types: ['order.placed'] });
  const inner = createInMemoryLog();
  const log = metrics.measuredLog(inner);
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
  const { signed, cosigned } = metrics.audit();
  signed(1);
  cosigned('witness.example/w1', 1);
  metrics.rowAudit()(1, 0);
  metrics.handlersEnded('crashed');
  metrics.passedOver('projection:events', 0);
  await metrics.countedLeases(generousLeases).acquire('projection:events', 'process');
  requestAnswered({ route: '/v1/events', method: 'POST', status: 201, durationMs: 3 });
  countProblem('not-found');
  await failOnce(useCases);
  await metrics
    .counted({ name: 'projection:events', load: async () => null, handle: async () => {} })
    .handle(inner.all, '1' as Checkpoint);
  return { metrics, useCases, clock };
}
