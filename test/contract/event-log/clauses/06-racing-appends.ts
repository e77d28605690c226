import { expect, it } from 'vitest';
import { revision } from '../../../../src/application/ports/event-log.ts';
import { conflict, newStream, request, transition } from '../../../support/event-log/transitions.ts';
import { type Clause, count } from '../clause.ts';

const RACERS = 8;
const ROUNDS = 1_000;

export const racingAppends: Clause = {
  title: 'appends that race for one revision',
  define({ log }) {
    it(`leave one winner: ${RACERS} racers, ${count(ROUNDS)} rounds`, async () => {
      const stream = newStream();
      const winners: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const racers = Array.from({ length: RACERS }, () =>
          request({
            stream,
            expectedRevision: round === 0 ? 'no-stream' : revision(round - 1),
            transitions: [transition()],
          }),
        );
        const outcomes = await Promise.all(racers.map((racer) => log().append(racer)));
        const winner = outcomes.findIndex(({ kind }) => kind === 'appended');
        winners.push(racers[winner]?.transitions[0]?.id ?? 'nobody');
        expect(outcomes.toSpliced(winner, 1)).toEqual(Array.from({ length: RACERS - 1 }, () => conflict(round)));
      }
      const history = await log().readStream(stream);
      expect(history.map(({ id }) => id)).toEqual(winners);
      expect(history.map((each) => Number(each.revision))).toEqual(winners.map((_, index) => index));
    });
  },
};
