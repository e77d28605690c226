import { expect, it } from 'vitest';
import { webhooks } from '../../../examples/github/webhooks.ts';
import { createLogger } from '../../../src/adapters/telemetry/logger.ts';
import { createFindGroup } from '../../../src/application/explaining/find-group.ts';
import { FAILURE_GROUP_STREAM_PREFIX } from '../../../src/application/failure-groups/identity.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { readConfig } from '../../../src/config/config.ts';
import type { FailureSeen } from '../../../src/domain/failure-group/fingerprint.ts';
import type { Explanation } from '../../../src/domain/failure-group/transitions.ts';
import { openModels } from '../../../src/main/open-models.ts';
import { loadConfig } from '../../../src/worker/handlers/load-config.ts';
import { explainAll, explanationsIn } from '../../support/explaining/explained-log.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { openEmbeddedProfile } from '../../support/worker/embedded-profile.ts';
import { byClient, posted } from '../../support/worker/posting.ts';

/** What a person reads without scrolling far, besides the dead letters, of which each is a line. */
const A_PAGE = 60;

/** What the explainer says with no key set, of the group of each dead letter. */
async function explanationsOfDead(log: EventLog): Promise<ReadonlyMap<string, Explanation | undefined>> {
  await explainAll(log, { clients: await openModels(readConfig({})) });
  const find = createFindGroup(log);
  const found = new Map<string, Explanation | undefined>();
  for (const [id, history] of await readAllHistories(log)) {
    const failed = history.findLast(({ type }) => type === 'ProcessingFailed');
    if (history.at(-1)?.type !== 'EventDeadLettered' || failed === undefined) continue;
    const { handler, failure } = JSON.parse(failed.data) as { readonly handler: string; readonly failure: FailureSeen };
    const group = await find(handler, failure);
    found.set(id, explanationsIn(await log.readStream(`${FAILURE_GROUP_STREAM_PREFIX}${group.id}`))[0]);
  }
  return found;
}

it('the log of the demo is a page, and has a line and an explanation for each of its dead letters', async () => {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const profile = await openEmbeddedProfile(createLogger({ level: 'info', destination, role: 'all' }));
  const handlers = await loadConfig('eventops.config.ts');
  await profile.start({ handlers, maxWaiting: 10_000 });
  for (const { fingerprint, type, payload } of webhooks)
    await profile.useCases.receiveEvent(posted(fingerprint, { type, payload: JSON.stringify(payload) }), byClient);
  const ended = async () => {
    let ends = 0;
    for await (const message of profile.log.subscribeAll(null)) {
      if (message.kind === 'caught-up') return ends;
      for (const { type } of message.kind === 'transitions' ? message.transitions : [])
        if (type === 'ProcessingSucceeded' || type === 'EventDeadLettered') ends++;
    }
    return ends;
  };
  await expect.poll(ended, { timeout: 200_000, interval: 250 }).toBe(webhooks.length);
  const explained = await explanationsOfDead(profile.log);
  const histories = await profile.close();

  const lines = written.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const dead = [...histories.values()].filter((history) => history.at(-1)?.type === 'EventDeadLettered');
  const [errors, others] = [50, 0].map((level) => lines.filter((line) => (line['level'] === 50) === (level === 50)));
  expect(dead.length).toBeGreaterThan(0);
  expect(errors?.map(({ eventId }) => `event-${String(eventId)}`).sort()).toEqual(
    dead.map(([first]) => String(first?.stream)).sort(),
  );
  expect(others?.length).toBeLessThanOrEqual(A_PAGE);
  expect(explained.size).toBe(dead.length);
  for (const [id, explanation] of explained) {
    expect(explanation, id).toMatchObject({ provider: 'rules', fallbacks: [], cost: { calls: 0 } });
    expect(Math.min(explanation?.steps.length ?? 0, explanation?.restsOn.length ?? 0), id).toBeGreaterThan(0);
  }
  // No field came that the list does not have.
  expect(lines.flatMap(({ leftOut }) => leftOut ?? [])).toEqual([]);
}, 240_000);
