import type { CommandBus, CommandDelivery } from '../../application/ports/command-bus.ts';
import type { Leases } from '../../application/ports/leases.ts';
import type { Stores } from '../../projections/stores.ts';
import type { HandlerRunner } from '../../worker/handler-runner.ts';
import type { Explaining, Parts } from '../parts.ts';
import { logWithPoints } from './log-with-points.ts';
import { portActions } from './port-actions.ts';
import type { Reach } from './reach.ts';
import { withPoints } from './with-points.ts';

/** Every part that a process acts through, with its points. What only reads for a client's query has none. */
export const partsWithPoints = (parts: Parts, reach: Reach): Parts => ({
  log: logWithPoints(parts.log, reach),
  readTables: parts.readTables,
  stores: parts.stores && storesWithPoints(parts.stores, reach),
  bus: parts.bus && busWithPoints(parts.bus, reach),
  broker: parts.broker,
  leases: parts.leases && leasesWithPoints(parts.leases, reach),
  explaining: parts.explaining && explainingWithPoints(parts.explaining, reach),
  readinessChecks: parts.readinessChecks,
  isOnlyProcess: parts.isOnlyProcess,
  close: parts.close,
});

export const runnerWithPoints = (runner: HandlerRunner, reach: Reach): HandlerRunner => ({
  isolates: runner.isolates,
  ...withPoints(runner, portActions.runner, reach),
});

const storesWithPoints = (stores: Stores, reach: Reach): Stores => ({
  dueWork: withPoints(stores.dueWork, portActions.dueWork, reach),
  // What is lost of it is of no use to anything but people.
  keyUses: stores.keyUses,
  // Reads alone: what is done to members and plans is appended.
  planRows: stores.planRows,
  projection: (readModel, slot) => withPoints(stores.projection(readModel, slot), portActions.projection, reach),
  // One transaction for each event, repeated until it went through.
  passedOver: stores.passedOver,
  checkpoints: (lease) => withPoints(stores.checkpoints(lease), portActions.checkpoints, reach),
  rebuilds: stores.rebuilds && rebuildsWithPoints(stores.rebuilds, reach),
});

const rebuildsWithPoints = (rebuilds: NonNullable<Stores['rebuilds']>, reach: Reach): Stores['rebuilds'] => ({
  connections: () => withPoints(rebuilds.connections(), portActions.lentConnections, reach),
  // For people: how far it is.
  report: rebuilds.report,
  copies: (projection) => withPoints(rebuilds.copies(projection), portActions.copies, reach),
});

function busWithPoints(bus: CommandBus, reach: Reach): CommandBus {
  const named = withPoints(bus, portActions.bus, reach);
  const settledWithPoints = (delivery: CommandDelivery): CommandDelivery => ({
    command: delivery.command,
    ...withPoints(delivery, portActions.delivery, reach),
  });
  return {
    ...named,
    forgetsOnRestart: bus.forgetsOnRestart,
    consume: ({ prefetch, onCommand }) =>
      named.consume({ prefetch, onCommand: (delivery) => onCommand(settledWithPoints(delivery)) }),
  };
}

const leasesWithPoints = (leases: Leases, reach: Reach): Leases => ({
  ...withPoints(leases, portActions.leases, reach),
  acquire: async (name, owner) => {
    reach('take-lease.before');
    const lease = await leases.acquire(name, owner);
    // A lease that another has was not taken.
    if (lease !== null) reach('take-lease.after');
    return lease;
  },
});

const explainingWithPoints = ({ models, callBudget }: Explaining, reach: Reach): Explaining => ({
  models: models.map((model) => ({
    provider: model.provider,
    model: model.model,
    ...withPoints(model, portActions.model, reach),
  })),
  callBudget: withPoints(callBudget, portActions.callBudget, reach),
});
