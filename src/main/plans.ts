import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { replayPlanListAnswer } from '../api/answers/replay-plan.ts';
import type { OutputForm } from '../cli/output-forms.ts';
import type { PlansActions, StartPlanRequest } from '../cli/plans.ts';
import type { Config } from '../config/config.ts';
import { askSystem, NoAnswer } from './ask-system.ts';
import { askWhetherMeant } from './ask-whether-meant.ts';
import { filterOf } from './dead-letter-filter.ts';
import { drawPlan, drawPlans, type Plan, planProgressLine } from './draw-plan.ts';
import { createProgressLine } from './progress-line.ts';

type Page = z.output<typeof replayPlanListAnswer>;

const LOOK_EVERY_MS = 1_000;
const PATH = '/v1/replay-plans';

/** What the commands about replay plans do. */
export const plansActions = (config: Config): PlansActions => ({
  async create({ action, ids, filter, reason, output }) {
    const set = ids.length > 0 ? { ids } : { filter: filterOf(filter) };
    show(await askSystem<Plan>(config, { path: PATH, body: { action, ...set, reason } }), output);
  },

  async list(output) {
    const { items } = await askSystem<Page>(config, { path: `${PATH}?limit=200` });
    write(output === 'json' ? [JSON.stringify(items)] : drawPlans(items));
  },

  async show({ id, watch, output }) {
    const plan = await find(config, id);
    show(watch ? await watched(config, plan, output) : plan, output);
  },

  async start(request) {
    const { id, wait, yes, output } = request;
    const frozen = await find(config, id);
    if (!yes) await ask(frozen);
    const started = await askSystem<Plan>(config, { path: `${PATH}/${id}/start`, body: rulesOf(request) });
    show(wait ? await watched(config, started, output) : started, output);
  },

  async operate({ id, act, reason, output }) {
    show(await askSystem<Plan>(config, { path: `${PATH}/${id}/${act}`, body: { reason } }), output);
  },
});

const find = (config: Config, id: string) => askSystem<Plan>(config, { path: `${PATH}/${id}` });

function rulesOf({ rate, canary, canaryMayFail, stopShare, stopAtLeast }: StartPlanRequest) {
  const isCanary = canary !== undefined || canaryMayFail !== undefined;
  const isStop = stopShare !== undefined || stopAtLeast !== undefined;
  return {
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(isCanary ? { canary: { events: canary ?? 10, mayFail: canaryMayFail ?? 0 } } : {}),
    ...(isStop ? { stopWhenFailed: { share: stopShare ?? 0.2, atLeast: stopAtLeast ?? 5 } } : {}),
  };
}

/** Says what will be touched, and goes on when that is meant. */
async function ask(plan: Plan): Promise<void> {
  process.stderr.write(
    drawPlan(plan)
      .map((line) => `${line}\n`)
      .join(''),
  );
  await askWhetherMeant(`${plan.action} ${plan.size} events`);
}

const write = (lines: readonly string[]) => process.stdout.write(lines.map((line) => `${line}\n`).join(''));

function show(plan: Plan, output: OutputForm): void {
  write(output === 'json' ? [JSON.stringify(plan)] : drawPlan(plan));
  if (plan.state === 'stopped') process.exitCode = 1;
}

/** Until it runs no more. A system that does not answer meanwhile is asked again. */
async function watched(config: Config, first: Plan, output: OutputForm): Promise<Plan> {
  const line = createProgressLine(process.stderr);
  let plan = first;
  for (let pauseMs = 100; plan.state === 'running'; pauseMs = Math.min(2 * pauseMs, LOOK_EVERY_MS)) {
    if (output === 'table') line.show(planProgressLine(plan));
    else if (pauseMs === LOOK_EVERY_MS) process.stderr.write(`${JSON.stringify(plan.progress)}\n`);
    await sleep(pauseMs);
    plan = await find(config, plan.id).catch((error: unknown) => {
      if (error instanceof NoAnswer) return plan;
      throw error;
    });
  }
  line.close();
  return plan;
}
