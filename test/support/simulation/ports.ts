import { eventIdOfStream } from '../../../src/application/event-identity.ts';
import { CommandBusUnavailable, LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { CommandBus, ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import type { AppendOutcome, AppendRequest, EventLog } from '../../../src/application/ports/event-log.ts';
import type { Leases } from '../../../src/application/ports/leases.ts';
import { eventTypeAggregate } from '../../../src/domain/event-type/aggregate.ts';
import type { Stores } from '../../../src/projections/stores.ts';
import { inHandOf } from './in-hand.ts';
import type { Life } from './life.ts';
import { limitsOf } from './limits.ts';
import { type Answers, meddling } from './meddling.ts';
import { noPlans } from './no-plans.ts';
import { unlessStuck } from './stuck-tables.ts';
import type { World } from './world.ts';

const unavailable: Answers<AppendOutcome> = {
  refused: () => ({ kind: 'refused', refusal: { code: 'unavailable', message: 'The log takes nothing currently' } }),
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

const endings: ReadonlySet<string> = new Set(['ProcessingSucceeded', 'EventDeadLettered', 'EventDiscarded']);

/** The log as one process reaches it. */
export function logOf(world: World, life: Life): EventLog {
  const { log } = world;
  const meddle = meddling(world, life);
  const send = meddle(
    'append',
    async (request: AppendRequest, session: number): Promise<AppendOutcome> => {
      // What was on its way as the log was put back went with its connection.
      if (session !== log.session()) return unavailable.lost();
      const before = log.all.length;
      world.falsified.appends(life);
      const outcome = await log.append(request);
      if (log.all.length === before) return outcome;
      world.lastTransitionAt = world.time.passed();
      for (const { type, data } of request.transitions)
        if (endings.has(type))
          world.asked.noteEnding(
            eventIdOfStream(request.stream),
            (JSON.parse(data) as { generation: number }).generation,
          );
      world.tell(() => {
        const types = request.transitions.map(({ type }) => type).join(' and ');
        return `${life.slot}: ${types} is in the log of ${request.stream.slice(0, 14)}`;
      });
      return outcome;
    },
    unavailable,
  );
  const append = (request: AppendRequest) => send(request, log.session());
  return {
    append,
    appendMany: (requests) => Promise.all(requests.map(append)),
    readStream: meddle('read-stream', log.readStream, logIsAway),
    readPages: log.readPages,
    head: meddle('head', log.head, logIsAway),
    session: log.session,
    verifyCheckpoint: meddle('verify-checkpoint', log.verifyCheckpoint, logIsAway),
    async *subscribeAll(after, options) {
      // No operator of the simulation pauses types: nothing is ever heard there, so no fault could make a difference.
      const isOfPauses =
        options?.streamPrefixes?.every((prefix) => prefix === eventTypeAggregate.streamPrefix) ?? false;
      const receive = isOfPauses ? async () => {} : meddle('receive', async () => {}, logIsAway);
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
  const meddle = unlessStuck(world, life);
  const inHand = inHandOf(world, life);
  return {
    dueWork: {
      isCaughtUp: meddle('is-caught-up', stores.dueWork.isCaughtUp, tablesAreAway),
      take: meddle(
        'take-due',
        async (kind, limit, again) => {
          inHand.mustFit('rows of due work', limit, limitsOf(world.scenario, 'sweep').pageRows);
          return stores.dueWork.take(kind, limit, again);
        },
        tablesAreAway,
      ),
      putOff: meddle('put-off', stores.dueWork.putOff, tablesAreAway),
      park: meddle('put-off', stores.dueWork.park, tablesAreAway),
      hasten: meddle('hasten', stores.dueWork.hasten, tablesAreAway),
      readAgain: meddle('read-again', stores.dueWork.readAgain, tablesAreAway),
    },
    // No client of the simulation has a key.
    keyUses: { lastUses: async () => new Map(), save: async () => {} },
    // Nor does it make plans.
    planRows: noPlans,
    // Two copies in step are tried on real databases.
    rebuilds: null,
    projection: (readModel) => {
      const store = stores.projection(readModel);
      return {
        load: meddle('load-checkpoint', store.load, tablesAreAway),
        commit: meddle(
          'project',
          async (batch) => {
            inHand.mustFit('transitions of a batch', batch.decoded.length, batchOf(world));
            return store.commit(batch);
          },
          tablesAreAway,
        ),
        isCaughtUp: meddle('is-caught-up', store.isCaughtUp, tablesAreAway),
        markBehind: meddle('set-caught-up', store.markBehind, tablesAreAway),
        markCaughtUp: meddle('set-caught-up', store.markCaughtUp, tablesAreAway),
      };
    },
    passedOver: (readModel) => {
      const passedOver = stores.passedOver(readModel);
      return {
        count: meddle('list-passed-over', passedOver.count, tablesAreAway),
        due: meddle(
          'list-passed-over',
          async (limit) => {
            inHand.mustFit('streams to be repaired', limit, limitsOf(world.scenario, 'repair').pageStreams);
            return passedOver.due(limit);
          },
          tablesAreAway,
        ),
        repair: meddle('repair', passedOver.repair, tablesAreAway),
        putOff: meddle('put-off-repair', passedOver.putOff, tablesAreAway),
      };
    },
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
  const inHand = inHandOf(world, life);
  const publish = meddle(
    'publish',
    async (commands: readonly ProcessEvent[], calledAt: number) => {
      world.tell(
        () =>
          `${life.slot}: publishes ${commands.map(({ eventId, generation, attempt }) => `${eventId.slice(0, 8)} ${generation}:${attempt}`).join(', ')}`,
      );
      for (const command of commands) {
        world.asked.note(command, life, calledAt);
        if (command.event !== null && world.falsified.hasReceiptOf(command.eventId))
          world.seen.push(`a command carries ${command.eventId}, which does not match its hashes`);
      }
      await inHand.whileHeld('commands that are published', commands.length, publishedAtOnce(world), async () => {
        if (own === null) broker.publish(commands);
        else await own.publish(commands);
      });
    },
    busIsAway,
  );
  return {
    forgetsOnRestart: own !== null,
    publish: async (commands) => {
      const calledAt = world.time.passed();
      await publish(commands, calledAt).catch((error: unknown) => {
        world.asked.noteFailed(life, commands);
        throw error;
      });
      world.asked.noteSucceeded(life, commands);
    },
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
          void take(() => {
            const letGo = inHand.hold('commands', 1, limitsOf(world.scenario, 'worker').eventsInHand);
            onCommand({
              command: delivery.command,
              acknowledge: () => {
                letGo();
                void meddle('acknowledge', async () => delivery.acknowledge(), null)();
              },
              release: () => {
                letGo();
                void meddle('release', async () => delivery.release(), null)();
              },
            });
          }),
      });
    },
    close: async () => {},
  };
}

const batchOf = ({ scenario }: World) =>
  Math.min(limitsOf(scenario, 'following').maxBatch, limitsOf(scenario, 'log').maxBatch);

/** One call of the dispatcher and one of the sweep; a process that takes a lease over may have two of each for a moment. */
const publishedAtOnce = ({ scenario }: World) =>
  2 * (limitsOf(scenario, 'log').maxBatch + limitsOf(scenario, 'sweep').commandsPerCall);
