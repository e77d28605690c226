import { expect, it } from 'vitest';
import { webhooks } from '../../../examples/github/webhooks.ts';
import { createLogger } from '../../../src/adapters/telemetry/logger.ts';
import { loadConfig } from '../../../src/worker/handlers/load-config.ts';
import { openEmbeddedProfile } from '../../support/worker/embedded-profile.ts';
import { byClient, posted } from '../../support/worker/posting.ts';

/** What a person reads without scrolling far, besides the dead letters, of which each is a line. */
const A_PAGE = 60;

it('the log of the demo is a page, and has a line for each of its dead letters', async () => {
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
  const histories = await profile.close();

  const lines = written.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const dead = [...histories.values()].filter((history) => history.at(-1)?.type === 'EventDeadLettered');
  const [errors, others] = [50, 0].map((level) => lines.filter((line) => (line['level'] === 50) === (level === 50)));
  expect(dead.length).toBeGreaterThan(0);
  expect(errors?.map(({ eventId }) => `event-${String(eventId)}`).sort()).toEqual(
    dead.map(([first]) => String(first?.stream)).sort(),
  );
  expect(others?.length).toBeLessThanOrEqual(A_PAGE);
  // No field came that the list does not have.
  expect(lines.flatMap(({ leftOut }) => leftOut ?? [])).toEqual([]);
}, 240_000);
