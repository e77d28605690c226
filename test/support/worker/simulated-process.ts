import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import type { BackgroundService } from '../../../src/application/ports/background-service.ts';
import type { Chance } from '../../../src/application/ports/chance.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { CommandBus } from '../../../src/application/ports/command-bus.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { runSubscription } from '../../../src/application/run-subscription.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createDispatcher } from '../../../src/worker/dispatcher.ts';
import type { ConfiguredHandler } from '../../../src/worker/handlers/match-handler.ts';
import { createMatchHandler } from '../../../src/worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../../../src/worker/in-process-runner.ts';
import { createDueWorkSweep } from '../../../src/worker/sweep/due-work-sweep.ts';
import { createWorker } from '../../../src/worker/worker.ts';
import type { InMemoryRows } from './in-memory-rows.ts';
import { Life } from './life.ts';
import { silentLogger } from './silent-logger.ts';
import type { UnreliableBroker } from './unreliable-broker.ts';

export interface World {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: EventLog;
  readonly rows: InMemoryRows;
  readonly handlers: readonly ConfiguredHandler[];
  /** `null`: each process has a bus of its own, which dies with it, and no earlier process can be alive. */
  readonly broker: UnreliableBroker | null;
  /** How often, from 0 to 1, the log's answer to an append is lost. */
  answersLost: number;
}

type Role = 'projector' | 'dispatcher' | 'worker' | 'sweep';

/** One process, in which the real services run on what survives its death: the log, the rows and the broker. */
export class SimulatedProcess {
  readonly life: Life;
  readonly worker: string;
  readonly #world: World;
  readonly #bus: CommandBus;

  constructor(world: World) {
    this.#world = world;
    this.life = new Life(world.clock, world.chance);
    this.worker = `worker-${world.chance.uuid()}`;
    this.#bus = world.broker?.connect(this.life) ?? new EmbeddedBus({ maxWaiting: 3 });
  }

  async start(roles: readonly Role[]): Promise<void> {
    const { rows } = this.#world;
    const clock = this.#mortalClock();
    const log = this.#mortalLog();
    const head = await this.#world.log.head();
    const common = { clock, log, logger: silentLogger, bus: this.#bus };
    const caughtUp = Promise.withResolvers<void>();
    if (roles.includes('projector')) {
      const projector = {
        name: rows.name,
        load: () => rows.load(),
        handle: this.life.lived(rows.handle.bind(rows)),
        caughtUp: caughtUp.resolve,
      };
      void runSubscription(log, projector, { ...common, signal: new AbortController().signal, maxBatch: 3 });
    }
    if (roles.includes('dispatcher')) {
      const checkpoints = { load: this.life.lived(rows.load.bind(rows)), save: this.life.lived(rows.save.bind(rows)) };
      const firstPlace = this.#bus.forgetsOnRestart ? (head?.checkpoint ?? null) : null;
      await createDispatcher({ ...common, checkpoints, firstPlace }).start();
    }
    for (const service of this.#workers(roles, common, caughtUp.promise)) await service.start();
  }

  #workers(
    roles: readonly Role[],
    common: { clock: Clock; log: EventLog; logger: typeof silentLogger; bus: CommandBus },
    projectionCaughtUp: Promise<void>,
  ): BackgroundService[] {
    const { chance, handlers, rows } = this.#world;
    const shared = {
      ...common,
      chance,
      useCases: createUseCases({ ...common, chance }),
      matchHandler: createMatchHandler(handlers),
      worker: this.worker,
    };
    const services: BackgroundService[] = [];
    if (roles.includes('worker'))
      services.push(
        createWorker({ ...shared, runner: createInProcessRunner(common), stopTimeoutMs: 1_000, eventsInHand: 4 }),
      );
    if (roles.includes('sweep'))
      services.push(
        createDueWorkSweep({
          ...shared,
          dueWork: {
            due: this.life.lived(rows.due.bind(rows)),
            unfinished: this.life.lived(rows.unfinished.bind(rows)),
          },
          earlierWorkersAreGone: this.#world.broker === null,
          projectionCaughtUp,
        }),
      );
    return services;
  }

  #mortalClock(): Clock {
    const { clock } = this.#world;
    return {
      now: () => clock.now(),
      sleep: async (delayMs, signal) => {
        await clock.sleep(delayMs, signal);
        await this.life.step();
      },
    };
  }

  #mortalLog(): EventLog {
    const world = this.#world;
    const { log, chance } = world;
    const { life } = this;
    return {
      append: life.lived(async (request) => {
        const outcome = await log.append(request);
        return chance.fraction() < world.answersLost ? { kind: 'unknown', message: 'The answer was lost' } : outcome;
      }),
      appendMany: life.lived(log.appendMany),
      readStream: life.lived(log.readStream),
      head: life.lived(log.head),
      verifyCheckpoint: life.lived(log.verifyCheckpoint),
      async *subscribeAll(after, options) {
        for await (const message of log.subscribeAll(after, options)) {
          await life.step();
          yield message;
        }
      },
      close: async () => {},
    };
  }
}
