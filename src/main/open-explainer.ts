import type { Metrics } from '../adapters/telemetry/metrics/metrics.ts';
import { createAskInTurn } from '../application/explaining/ask-in-turn.ts';
import { createExplainer, EXPLAINER, explainedPrefixes } from '../application/explaining/explainer.ts';
import type { BackgroundService } from '../application/ports/background-service.ts';
import type { MonotonicClock } from '../application/ports/clock.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Random } from '../application/ports/random.ts';
import { createRepeatingReport, kindOf } from '../application/repeating-report.ts';
import { whileLeased } from '../application/while-leased.ts';
import type { Config } from '../config/config.ts';
import { followLog } from './follow-log.ts';
import { opened, type Parts } from './parts.ts';

/** How long a checkpoint may stay in memory: what is handled a second time costs a read for each group. */
const SAVE_EVERY_MS = 1_000;

interface Given {
  readonly config: Config;
  readonly explains: 'dead' | 'failed';
  readonly parts: Pick<Parts, 'log' | 'leases' | 'stores' | 'explaining'>;
  readonly metrics: Pick<Metrics, 'counted'>;
  readonly clock: MonotonicClock;
  readonly logger: Logger;
  readonly random: Random;
  readonly processName: string;
}

/** The role that has failures explained. */
export function openExplainer(given: Given): BackgroundService {
  const { config, explains, parts, metrics, clock, logger, random, processName } = given;
  const { log, leases, stores } = parts;
  const { models: clients, callBudget: budget } = opened(parts.explaining);
  const { explainDailyCalls: callsPerDay, explainTimeoutMs: deadlineMs, explainPayload: showsPayload } = config;
  const ask = createAskInTurn({ clients, budget, clock, random, logger, limits: { callsPerDay, deadlineMs } });

  const begin = (lease: Lease | null): BackgroundService => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const explainer = createExplainer({
      ...{ log, ask, explains, clock, random, logger, showsPayload, stopping: signal },
      checkpoints: opened(stores).checkpoints(lease),
      process: `${EXPLAINER}-${processName}`,
    });
    const following = followLog(log, metrics.counted(explainer), { clock, logger, streamPrefixes: explainedPrefixes });
    const report = createRepeatingReport({ logger, clock });
    const save = () =>
      explainer.save().catch((err: unknown) =>
        report.occurred({
          ...{ about: EXPLAINER, kind: kindOf(err), level: 'warn', fields: { err } },
          message: 'the checkpoint of the explainer cannot be stored; explaining goes on',
        }),
      );
    const keepSaving = async () => {
      while (!signal.aborted) {
        await clock.sleep(SAVE_EVERY_MS, signal);
        await save();
      }
    };
    let saving: Promise<void> | null = null;
    return {
      ...following,
      async start() {
        await following.start();
        saving = keepSaving();
      },
      async stop() {
        // A model that is being asked is not waited for.
        stopping.abort(new Error('The explainer is stopping'));
        await Promise.all([following.stop(), saving]);
      },
    };
  };
  const service =
    leases === null ? begin(null) : whileLeased({ leases, name: EXPLAINER, owner: processName, begin, clock, logger });
  // Events are processed with or without it.
  return { ...service, isDispensable: true };
}
