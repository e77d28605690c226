import { CommandBusUnavailable, LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { CommandBus } from '../../../src/application/ports/command-bus.ts';
import type { AppendOutcome, EventLog } from '../../../src/application/ports/event-log.ts';
import type { Leases } from '../../../src/application/ports/leases.ts';
import type { Stores } from '../../../src/projections/stores.ts';
import type { Life } from './life.ts';
import { limitsOf } from './limits.ts';
import { type Answers, meddling } from './meddling.ts';
import type { World } from './world.ts';

const unavailable: Answers<AppendOutcome> = {
  refused: () => ({ kind: 'refused', refusal: { code: 'unavailable', message: 'The log takes nothing at present' } }),
  lost: () => ({ kind: 'unknown', message: 'The answer was lost' }),
};
const failing = (failure: () => Error): Answers<never> => {
  const fail = () => {
    throw failure();
  };
  return { refused: fail, lost: fail };
};
const logIsAway = failing(() => new LogUnavailable('The log is away'));
const tablesAreAway = failing(() => new ReadDatabaseUnavailable('The read database is away'));
const busIsAway = failing(() => new CommandBusUnavailable('The broker is away'));

/** The log as one process reaches it. */
export function logOf(world: World, life: Life): EventLog {
  const { log } = world;
  const meddle = meddling(world, life);
  const append: EventLog['append'] = meddle(
    'append',
    async (request) => {
      const before = log.all.length;
      const outcome = await log.append(request);
      if (log.all.length === before) return outcome;
      world.lastTransitionAt = world.time.passed();
      world.tell(() => {
        const types = request.transitions.map(({ type }) => type).join(' and ');
        return `${life.slot}: ${types} is in the log of ${request.stream.slice(0, 14)}`;
      });
      return outcome;
    },
    unavailable,
  );
  return {
    append,
    appendMany: (requests) => Promise.all(requests.map(append)),
    readStream: meddle('read-stream', log.readStream, logIsAway),
    head: meddle('head', log.head, logIsAway),
    verifyCheckpoint: meddle('verify-checkpoint', log.verifyCheckpoint, logIsAway),
    async *subscribeAll(after, options) {
      const receive = meddle('receive', async () => {}, logIsAway);
      const { maxBatch } = limitsOf(world.scenario, 'log');
      const batched = { ...options, maxBatch: Math.min(maxBatch, options?.maxBatch ?? maxBatch) };
      for await (const message of log.subscribeAll(after, batched)) {
        await receive();
        yield message;
      }
    },
    close: async () => {},
  };
}

/** The read database as one process reaches it. */
export function storesOf(world: World, life: Life): Stores {
  const { stores } = world;
  const meddle = meddling(world, life);
  return {
    dueWork: {
      isCaughtUp: meddle('is-caught-up', stores.dueWork.isCaughtUp, tablesAreAway),
      take: meddle('take-due', stores.dueWork.take, tablesAreAway),
      putOff: meddle('put-off', stores.dueWork.putOff, tablesAreAway),
      hasten: meddle('hasten', stores.dueWork.hasten, tablesAreAway),
      readAgain: meddle('read-again', stores.dueWork.readAgain, tablesAreAway),
    },
    projection: (readModel) => {
      const store = stores.projection(readModel);
      return {
        load: meddle('load-checkpoint', store.load, tablesAreAway),
        commit: meddle('project', store.commit, tablesAreAway),
        isCaughtUp: meddle('is-caught-up', store.isCaughtUp, tablesAreAway),
        setCaughtUp: meddle('set-caught-up', store.setCaughtUp, tablesAreAway),
      };
    },
    passedOver: (readModel) => stores.passedOver(readModel),
    checkpoints: (lease) => {
      const store = stores.checkpoints(lease);
      return {
        load: meddle('load-place', store.load, tablesAreAway),
        save: meddle('save-place', store.save, tablesAreAway),
      };
    },
  };
}

export function leasesOf(world: World, life: Life): Leases {
  const { leases } = world.stores;
  const meddle = meddling(world, life);
  return {
    acquire: meddle('take-lease', leases.acquire, tablesAreAway),
    renew: meddle('renew-lease', leases.renew, tablesAreAway),
    release: meddle('release-lease', leases.release, tablesAreAway),
  };
}

/** The bus as one process reaches it: the broker's, or its own, which dies with it. */
export function busOf(world: World, life: Life, own: CommandBus | null): CommandBus {
  const { broker } = world;
  const meddle = meddling(world, life);
  return {
    forgetsOnRestart: own !== null,
    publish: meddle(
      'publish',
      async (commands) => {
        world.tell(
          () =>
            `${life.slot}: publishes ${commands.map(({ eventId, generation, attempt }) => `${eventId.slice(0, 8)} ${generation}:${attempt}`).join(', ')}`,
        );
        if (own === null) broker.publish(commands);
        else await own.publish(commands);
      },
      busIsAway,
    ),
    backlog: meddle('backlog', own === null ? broker.backlog : () => own.backlog(), busIsAway),
    consume: async ({ prefetch, onCommand }) => {
      const consume =
        own === null
          ? async (options: Parameters<CommandBus['consume']>[0]) => broker.consume(life, options)
          : own.consume.bind(own);
      const take = meddle('take-command', async (deliver: () => void) => deliver(), null);
      return consume({
        prefetch,
        onCommand: (delivery) =>
          void take(() =>
            onCommand({
              command: delivery.command,
              acknowledge: () => void meddle('acknowledge', async () => delivery.acknowledge(), null)(),
              release: () => void meddle('release', async () => delivery.release(), null)(),
            }),
          ),
      });
    },
    close: async () => {},
  };
}
