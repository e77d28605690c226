import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { explanationAnswer } from '../api/answers/explanation.ts';
import type { failureGroupDetailsAnswer, failureGroupListAnswer } from '../api/answers/failure-group.ts';
import { COMMAND } from '../application/command-name.ts';
import type { FailuresActions, ListFailuresRequest } from '../cli/failures.ts';
import type { OutputForm } from '../cli/output-forms.ts';
import type { Config } from '../config/config.ts';
import { askSystem, Refused } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';
import { drawExplanation, drawFailureGroup, drawFailureGroups } from './draw-failures.ts';

type Explanation = z.output<typeof explanationAnswer>;
type Group = z.output<typeof failureGroupDetailsAnswer>;
type Groups = z.output<typeof failureGroupListAnswer>;

/** Two models with the usual time-out, each asked twice, and a little. */
const LONGEST_EXPLAINING_MS = 60_000;
const LOOK_EVERY_MS = 250;
const MOST_OF_A_PAGE = 200;

/** What the commands about failures do. */
export const failuresActions = (config: Config): FailuresActions => ({
  async explain({ id, again, output }) {
    const explanation = await (again
      ? explainedAgain(config, id)
      : askSystem<Explanation>(config, { path: pathOf(id) }));
    print(output, explanation, () => drawExplanation(explanation, id));
  },

  async list(request) {
    const { items, isMore } = await groups(config, request);
    print(request.output, items, () => drawFailureGroups(items));
    if (isMore) process.stderr.write(`There are more: --limit ${2 * request.limit}\n`);
  },

  async show({ id, output }) {
    const group = await askSystem<Group>(config, { path: `/v1/failure-groups/${id}` });
    print(output, group, () => drawFailureGroup(group));
  },

  async resolve({ id, note, handlerVersion, output }) {
    const body = { note, ...(handlerVersion === undefined ? {} : { handlerVersion }) };
    const path = `/v1/failure-groups/${id}`;
    const recorded = await askSystem<{ readonly act: number }>(config, { path: `${path}/resolve`, body });
    print(output, recorded, () => `${id} is resolved. POST ${path}/undo with the act ${recorded.act} takes it back\n`);
  },
});

const pathOf = (eventId: string) => `/v1/events/${eventId}/explanation`;

const print = (output: OutputForm, answer: unknown, drawn: () => string) =>
  void process.stdout.write(output === 'json' ? `${JSON.stringify(answer)}\n` : drawn());

async function explainedAgain(config: Config, id: string): Promise<Explanation> {
  const current = () =>
    askSystem<Explanation>(config, { path: pathOf(id) }).catch((error: unknown) => {
      if (error instanceof Refused && error.code === 'explanation-not-found') return null;
      throw error;
    });
  const before = await current();
  await askSystem(config, { path: pathOf(id), body: {} });
  const until = performance.now() + LONGEST_EXPLAINING_MS;
  while (performance.now() < until) {
    const now = await current();
    if (now !== null && JSON.stringify(now) !== JSON.stringify(before)) return now;
    await sleep(LOOK_EVERY_MS);
  }
  throw new CannotStart(
    `It was asked for, and is not there after ${LONGEST_EXPLAINING_MS / 1_000} s: see /readyz for explainer, and ask later with ${COMMAND} explain ${id}`,
  );
}

async function groups(config: Config, { status, handler, limit }: ListFailuresRequest) {
  const items: Groups['items'] = [];
  let cursor: string | null = '';
  while (cursor !== null && items.length < limit) {
    const query = new URLSearchParams({
      limit: String(Math.min(limit - items.length, MOST_OF_A_PAGE)),
      ...(status === undefined ? {} : { status }),
      ...(handler === undefined ? {} : { handler }),
      ...(cursor === '' ? {} : { cursor }),
    });
    const page: Groups = await askSystem(config, { path: `/v1/failure-groups?${query.toString()}` });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return { items, isMore: cursor !== null };
}
