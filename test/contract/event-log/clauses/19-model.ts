import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deriveUuid } from '../../../../src/application/event-identity.ts';
import {
  type AppendOutcome,
  type AppendRequest,
  type Checkpoint,
  type EventLog,
  revision,
} from '../../../../src/application/ports/event-log.ts';
import { follow, isCaughtUp, readLog, transitionsOf } from '../../../support/event-log/follow.ts';
import { ReferenceLog, type ReferenceOutcome } from '../../../support/event-log/reference-log.ts';
import { appended, conflict, newStream, transition } from '../../../support/event-log/transitions.ts';
import { type Clause, count, size } from '../clause.ts';
import type { LogPlace } from '../harness.ts';

const RUNS = size(20, 1_000);

interface Real {
  readonly place: LogPlace;
  readonly prefix: string;
  log: EventLog;
  /** Places that were seen, with the number of transitions before them. */
  readonly checkpoints: { readonly checkpoint: Checkpoint; readonly seen: number }[];
}

interface Append {
  readonly stream: number;
  /** -1 for no stream. */
  readonly expected: number;
  /** Names of ids, few enough to meet again. */
  readonly ids: readonly number[];
}

const idOf = (real: Real, name: number) => deriveUuid(real.prefix, String(name));
const streamOf = (real: Real, stream: number) => `${real.prefix}-${stream}`;
const requestOf = (real: Real, { stream, expected, ids }: Append): AppendRequest => ({
  stream: streamOf(real, stream),
  expectedRevision: expected < 0 ? 'no-stream' : revision(expected),
  transitions: ids.map((name) => transition({ id: idOf(real, name) })),
});
const expectedOutcome = (outcome: ReferenceOutcome): AppendOutcome =>
  'conflict' in outcome
    ? conflict(outcome.conflict < 0 ? 'no-stream' : outcome.conflict)
    : appended(outcome.first, outcome.last);

type Command = fc.AsyncCommand<ReferenceLog, Real>;
const command = (name: string, run: (model: ReferenceLog, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

function appendTogether(appends: readonly Append[]): Command {
  return command(`append ${JSON.stringify(appends)}`, async (reference, real) => {
    const outcomes = await real.log.appendMany(appends.map((each) => requestOf(real, each)));
    const ids = (each: Append) => each.ids.map((name) => idOf(real, name));
    const expected = appends.map((each) => reference.append(streamOf(real, each.stream), each.expected, ids(each)));
    expect(outcomes).toEqual(expected.map(expectedOutcome));
  });
}

function readOneStream(stream: number): Command {
  return command(`read stream ${stream}`, async (reference, real) => {
    const history = await real.log.readStream(streamOf(real, stream));
    expect(history.map(({ id }) => id)).toEqual(reference.idsOf(streamOf(real, stream)));
    expect(history.map((each) => each.revision)).toEqual(history.map((_, index) => revision(index)));
  });
}

function readEverything(maxBatch: number): Command {
  return command(`read everything by ${maxBatch}`, async (reference, real) => {
    const follower = follow(real.log, null, { streamPrefixes: [real.prefix], maxBatch });
    const messages = await follower.until(isCaughtUp);
    await follower.end();
    expect(transitionsOf(messages).map(({ id }) => id)).toEqual(reference.all);
    let seen = 0;
    for (const message of messages) {
      if (message.kind !== 'transitions') continue;
      expect(message.transitions.length).toBeLessThanOrEqual(maxBatch);
      seen += message.transitions.length;
      real.checkpoints.push({ checkpoint: message.checkpoint, seen });
    }
  });
}

function readOn(choice: number): Command {
  return command(`read on from place ${choice}`, async (reference, real) => {
    const place = real.checkpoints[choice % Math.max(1, real.checkpoints.length)];
    if (place === undefined) return;
    const rest = await readLog(real.log, place.checkpoint, { streamPrefixes: [real.prefix] });
    expect(rest.map(({ id }) => id)).toEqual(reference.all.slice(place.seen));
  });
}

const reopen = command('reopen', async (_, real) => {
  await real.log.close();
  real.log = await real.place.open();
});

const anAppend = fc.record({
  stream: fc.nat({ max: 2 }),
  expected: fc.integer({ min: -1, max: 4 }),
  ids: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 3 }),
});
/** Of different streams: in which order a log takes several appends to one stream is its own business. */
const someAppends = fc.uniqueArray(anAppend, { minLength: 1, maxLength: 3, selector: ({ stream }) => stream });
const often = [
  someAppends.map(appendTogether),
  someAppends.map(appendTogether),
  fc.nat({ max: 2 }).map(readOneStream),
  fc.integer({ min: 1, max: 4 }).map(readEverything),
  fc.nat().map(readOn),
];
/** Opening is slow, so it is rare. */
const anyCommand = [...often, ...often, ...often, ...often, ...often, fc.constant(reopen)];

export const model: Clause = {
  title: 'any sequence of calls',
  define({ newPlace }) {
    it(`leaves the log as the reference has it: ${count(RUNS)} sequences`, async () => {
      const place = await newPlace();
      let log = await place.open();
      const commands = fc.commands(anyCommand, { maxCommands: 30, size: 'max' });
      await fc.assert(
        fc.asyncProperty(commands, async (sequence) => {
          const real: Real = { place, prefix: newStream('model'), log, checkpoints: [] };
          await fc.asyncModelRun(() => ({ model: new ReferenceLog(), real }), sequence);
          log = real.log;
        }),
        { numRuns: RUNS },
      );
      await log.close();
    });
  },
};
