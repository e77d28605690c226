import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { projectionListAnswer, rebuildAnswer } from '../api/answers/rebuild.ts';
import type { rowRepairAnswer } from '../api/answers/row-repair.ts';
import { COMMAND } from '../application/command-name.ts';
import type { OutputForm } from '../cli/output-forms.ts';
import type { DecisionRequest, ProjectionsActions } from '../cli/projections.ts';
import type { Config } from '../config/config.ts';
import { askSystem, NoAnswer } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';
import { drawProjections, drawRebuild, progressLine } from './draw-rebuild.ts';
import { drawRowRepair } from './draw-row-repair.ts';
import { createProgressLine } from './progress-line.ts';

type Rebuild = z.output<typeof rebuildAnswer>;
type Projections = z.output<typeof projectionListAnswer>;
type RowRepair = z.output<typeof rowRepairAnswer>;

const LOOK_EVERY_MS = 1_000;
/** What a process does next, without an operator. */
const isUnderWay = ({ step }: Rebuild) => !['compared', 'promoted', 'dropped'].includes(step);

const pathOf = ({ projection, id }: Pick<Rebuild, 'projection' | 'id'>) =>
  `/v1/projections/${projection}/rebuilds/${id}`;

/** What the commands about read models do. */
export const projectionsActions = (config: Config): ProjectionsActions => ({
  async list(output) {
    const { items } = await projections(config);
    process.stdout.write(output === 'json' ? `${JSON.stringify(items)}\n` : drawProjections(items));
  },

  async rebuild({ name, reason, wait, output }) {
    const path = `/v1/projections/${encodeURIComponent(name)}/rebuilds`;
    const requested = await askSystem<Rebuild>(config, { path, body: { reason } });
    show(wait ? await watched(config, requested, output) : requested, output);
  },

  async status({ name, watch, output }) {
    const last = await lastRebuild(config, name);
    show(watch ? await watched(config, last, output) : last, output);
  },

  async decide({ name, act, reason, acceptDifferences, output }: DecisionRequest) {
    const last = await lastRebuild(config, name);
    const body = { reason, ...(acceptDifferences === undefined ? {} : { acceptDifferences }) };
    const decided = await askSystem<Rebuild>(config, { path: `${pathOf(last)}/${act}`, body });
    show(await watched(config, decided, output), output);
  },

  async repair({ eventId, reason, output }) {
    const repaired = await askSystem<RowRepair>(config, { path: `/v1/events/${eventId}/repair`, body: { reason } });
    process.stdout.write(output === 'json' ? `${JSON.stringify(repaired)}\n` : drawRowRepair(repaired));
  },
});

const projections = (config: Config) => askSystem<Projections>(config, { path: '/v1/projections' });

async function lastRebuild(config: Config, name: string): Promise<Rebuild> {
  const { items } = await projections(config);
  const found = items.find((item) => item.name === name);
  if (found === undefined)
    throw new CannotStart(`There is no read model ${name}; there are ${items.map((item) => item.name).join(', ')}`);
  if (found.rebuild === null)
    throw new CannotStart(
      `${name} was not rebuilt yet: ${COMMAND} projections rebuild ${name} --reason "why it is needed"`,
    );
  return found.rebuild;
}

function show(rebuild: Rebuild, output: OutputForm): void {
  process.stdout.write(output === 'json' ? `${JSON.stringify(rebuild)}\n` : drawRebuild(rebuild));
  if (rebuild.outcome === 'failed') process.exitCode = 1;
}

/** Until an operator has the next word. A system that does not answer meanwhile is asked again. */
async function watched(config: Config, first: Rebuild, output: OutputForm): Promise<Rebuild> {
  const line = createProgressLine(process.stderr);
  let rebuild = first;
  // An exchange takes milliseconds.
  for (let pauseMs = 50; isUnderWay(rebuild); pauseMs = Math.min(2 * pauseMs, LOOK_EVERY_MS)) {
    if (output === 'table') line.show(progressLine(rebuild, process.stderr.isTTY));
    else if (pauseMs === LOOK_EVERY_MS) process.stderr.write(`${JSON.stringify(rebuild.progress)}\n`);
    await sleep(pauseMs);
    rebuild = await askSystem<Rebuild>(config, { path: pathOf(rebuild) }).catch((error: unknown) => {
      if (error instanceof NoAnswer) return rebuild;
      throw error;
    });
  }
  line.close();
  return rebuild;
}
