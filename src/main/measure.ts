import type { Metrics } from '../adapters/telemetry/metrics/metrics.ts';
import { EVENT_STREAM_PREFIX } from '../application/event-identity.ts';
import { EXPLAINER, explainedPrefixes } from '../application/explaining/explainer.ts';
import type { Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import { loadCheckpoints } from '../projections/checkpoints.ts';
import { dueWork } from '../projections/due-work/read-model.ts';
import { events } from '../projections/events/read-model.ts';
import { readModels } from '../projections/index.ts';
import { projectionNameOf } from '../projections/projection-states.ts';
import { readWorkLeft } from '../projections/work-left.ts';
import { DISPATCHER } from '../worker/dispatcher.ts';
import type { Parts } from './parts.ts';

/** Types with the most dead letters, each counted by itself. */
const MOST_TYPES = 100;

/** The parts as they are, measured. */
export const measuredParts = (parts: Parts, metrics: Metrics): Parts => ({
  ...parts,
  log: metrics.measuredLog(parts.log),
  bus: parts.bus && metrics.measuredBus(parts.bus, parts.broker),
  leases: parts.leases && metrics.countedLeases(parts.leases),
});

interface Measured {
  readonly metrics: Pick<Metrics, 'showBacklog' | 'showWorkLeft' | 'showLagIn'>;
  readonly roles: readonly Role[];
  readonly explains: Config['explain'];
}

/** What is measured when it is asked for. Each process with the read tables shows it, so that the end of one hides nothing. */
export function measureOnDemand(
  { log, readTables, bus }: Pick<Parts, 'log' | 'readTables' | 'bus'>,
  { metrics, roles, explains }: Measured,
): void {
  if (bus !== null && roles.includes('dispatcher')) metrics.showBacklog(() => bus.backlog());
  if (readTables === null) return;
  const usable = () => {
    const unhealthyReason = readTables.unhealthyReason();
    if (unhealthyReason !== null) throw new Error(unhealthyReason);
    return readTables.db;
  };
  // Rows of another log would be counted as if they were of this one.
  const shown = () => {
    const refusal = readTables.refusalOf(events) ?? readTables.refusalOf(dueWork);
    if (refusal !== null) throw new Error(refusal);
    return usable();
  };
  metrics.showWorkLeft(async () => readWorkLeft(shown(), MOST_TYPES));
  const projections = readModels.map((readModel) => ({
    name: projectionNameOf(readModel),
    streamPrefixes: readModel.streamPrefixes,
    startsAtBeginning: true,
  }));
  const dispatcher = { name: DISPATCHER, streamPrefixes: [EVENT_STREAM_PREFIX], startsAtBeginning: false };
  const explainer = { name: EXPLAINER, streamPrefixes: explainedPrefixes, startsAtBeginning: true };
  // Where nothing is explained nothing follows, and a lag that only grows would be an alert.
  const isExplaining = roles.includes('explainer') && explains !== 'off';
  metrics.showLagIn({
    log,
    subscribers: [...projections, dispatcher, ...(isExplaining ? [explainer] : [])],
    storedCheckpoints: async () => loadCheckpoints(usable()),
  });
}
