import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { systemEventLoop } from '../../../../src/adapters/system/event-loop.ts';

const TURN_MS = 100;

/** A turn of the event loop in which nothing else runs. */
async function longTurn(): Promise<void> {
  const until = performance.now() + TURN_MS;
  while (performance.now() < until);
  // The next turn, by what no test replaces.
  await stat('.');
}

it('the event loop is as late as its turns are long, since the last look', async () => {
  const eventLoop = systemEventLoop();
  expect(eventLoop.latenessMs()).toBe(0);
  for (let turn = 0; turn < 5; turn++) await longTurn();
  expect(eventLoop.latenessMs()).toBeGreaterThan(TURN_MS / 4);
  expect(eventLoop.latenessMs()).toBe(0);
});
