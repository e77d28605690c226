import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import type { RouteDependencies } from '../../../src/api/dependencies.ts';
import type { BackgroundService } from '../../../src/application/ports/background-service.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { allRoles, type Role } from '../../../src/cli/program.ts';
import type { LimitsOfServices } from '../../../src/main/limits-of-services.ts';
import { createServices } from '../../../src/main/work-of-roles.ts';
import { dueWork } from '../../../src/projections/due-work/read-model.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { statistics } from '../../../src/projections/statistics/read-model.ts';
import { createIsolatedRunner } from '../../../src/worker/isolation/isolated-runner.ts';
import { createSeededRandom } from '../worker/seeded-random.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { type SimulatedCell, startCellsOf } from './cells.ts';
import { handlerOf } from './handlers.ts';
import { Life } from './life.ts';
import { changedLimits, limitsOf } from './limits.ts';
import { type Answers, meddling } from './meddling.ts';
import { busOf, leasesOf, logOf, storesOf } from './ports.ts';
import type { Slot } from './scenario.ts';
import type { World } from './world.ts';

/** How long a client waits for an answer before it takes it for lost. */
const CLIENT_PATIENCE_MS = 10_000;

const cut = () => {
  throw new Error('The connection was cut');
};
const connectionIsCut: Answers<never> = { refused: cut, lost: cut };

export type ApiDependencies = Pick<RouteDependencies, 'useCases' | 'log' | 'random' | 'replayPermissionOf'>;

/** A process, in which the real services run as the composition root composes them. */
export interface SimulatedProcess {
  readonly life: Life;
  /** As SIGTERM has it: resolves when nothing is left to do. */
  stop(): Promise<void>;
  /** The services that something keeps from their work, by name, as readiness tells it. */
  troubled(): readonly string[];
  /** A request over HTTP; `null` when no answer comes, whatever the reason. */
  ask<Answer>(work: (dependencies: ApiDependencies) => Promise<Answer>): Promise<Answer | null>;
}

const rolesOf = (slot: Slot): readonly Role[] => {
  const name = slot.slice(0, slot.indexOf('-'));
  return name === 'all' ? allRoles : allRoles.filter((role) => role === name);
};

/** @param start how many processes the slot has had. */
export function beginProcess(world: World, slot: Slot, start: number): SimulatedProcess {
  const { scenario, time } = world;
  const seed = scenario.seed * 1_000 + scenario.slots.indexOf(slot) * 100 + start;
  const life = new Life(slot, time, createSeededRandom(seed));
  const { clock, random } = life;
  const isOnlyProcess = scenario.profile === 'embedded';
  const log = logOf(world, life);
  const useCases = createUseCases({ log, clock, random, limits: changedLimits(scenario, 'commands') });
  const meddle = meddling(world, life);
  const handlerIn = (cell: SimulatedCell | null) =>
    handlerOf(world, life, (act) => meddle('run-handler', act, null)(), cell);
  const startRunner = (limits: LimitsOfServices) =>
    createIsolatedRunner({
      ...{ start: startCellsOf(world, life, handlerIn), isolates: true, configPath: '', memoryMiB: 1 },
      ...{ clock, logger: silentLogger, limits },
    });
  let services: readonly BackgroundService[] = [];
  const begin = async () => {
    services = await createServices({
      roles: rolesOf(slot),
      parts: {
        log,
        stores: storesOf(world, life),
        bus: busOf(world, life, isOnlyProcess ? new EmbeddedBus(limitsOf(scenario, 'bus')) : null),
        leases: isOnlyProcess ? null : leasesOf(world, life),
        isOnlyProcess,
      },
      handlers: [handlerIn(null)],
      ...(scenario.isolates ? { startRunner } : {}),
      ...{ useCases, clock, random, logger: silentLogger },
      readModels: [dueWork, events, ...(scenario.countsStatistics ? [statistics] : [])],
      metrics: { counted: (subscriber) => subscriber, passedOver: () => {} },
      shutdownTimeoutMs: 1_000,
      processName: `${slot}/${start}`,
      limits: {
        deadlines: changedLimits(scenario, 'deadlines'),
        dispatcher: changedLimits(scenario, 'dispatcher'),
        isolation: changedLimits(scenario, 'isolation'),
        following: changedLimits(scenario, 'following'),
        leased: changedLimits(scenario, 'leased'),
        poison: changedLimits(scenario, 'poison'),
        projecting: changedLimits(scenario, 'projecting'),
        repair: changedLimits(scenario, 'repair'),
        sweep: changedLimits(scenario, 'sweep'),
        worker: changedLimits(scenario, 'worker'),
      },
    });
    for (const service of services) await service.start();
  };
  // A process that cannot start ends, and is started again.
  begin().catch((error: unknown) => {
    world.tell(() => `${slot}: cannot start: ${String(error)}`);
    world.kill(life, 1_000);
  });
  return {
    life,
    troubled: () => services.filter((service) => service.unhealthyReason() !== null).map(({ name }) => name),
    stop: async () => {
      for (const service of services.toReversed()) await service.stop();
    },
    ask: async (work) => {
      const answering = (async () => {
        const answer = await work({ useCases, log, random, replayPermissionOf: () => 'safe' });
        await meddle('answer', async () => {}, connectionIsCut)();
        return answer;
      })().catch(() => null);
      return Promise.race([answering, life.ended.then(() => null), time.sleep(CLIENT_PATIENCE_MS).then(() => null)]);
    },
  };
}
