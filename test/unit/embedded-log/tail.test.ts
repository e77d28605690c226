import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTail } from '../../../src/adapters/embedded-log/tail.ts';
import { type LogPosition, type RecordedTransition, revision } from '../../../src/application/ports/event-log.ts';
import { transition } from '../../support/event-log/transitions.ts';

const at = (position: number, characters = 10): RecordedTransition => ({
  ...transition({ id: `id-${position}`, data: 'x'.repeat(characters), metadata: '' }),
  stream: 'a-stream',
  revision: revision(0),
  position: BigInt(position) as LogPosition,
});
const positions = (held: readonly RecordedTransition[] | null) => held?.map(({ position }) => Number(position));
const never = new AbortController().signal;

describe('the tail of an embedded log', () => {
  it('gives what follows a position without a gap, or says that it has forgotten', () => {
    // Sizes by which now the number and now the weight is what makes it forget.
    const aCommit = fc.record({
      count: fc.constantFrom(1, 2, 3, 50, 200),
      characters: fc.constantFrom(1, 4, 400),
    });
    const someLimits = fc.record({
      tailTransitions: fc.constantFrom(1, 2, 3, 64),
      tailCharacters: fc.constantFrom(1, 100, 2_000),
    });
    const [starts, someCommits] = [fc.nat({ max: 100 }), fc.array(aCommit, { maxLength: 5 })];
    fc.assert(
      fc.property(someCommits, starts, someLimits, fc.gen(), (commits, start, limits, gen) => {
        const tail = createTail({ position: start, id: 'start' }, limits);
        for (const { count, characters } of commits) {
          const from = tail.end.position + 1;
          tail.extend(Array.from({ length: count }, (_, index) => at(from + index, characters)));
          expect(tail.end).toEqual({ position: from + count - 1, id: `id-${from + count - 1}` });
          for (const back of [0, 1, 2, 3, 63, 64, gen(fc.nat, { max: 200 })]) {
            const after = Math.max(start, tail.end.position - back);
            const held = tail.after(after, 10);
            if (held === null) continue;
            const expected = Array.from({ length: Math.min(10, tail.end.position - after) }, (_, i) => after + 1 + i);
            expect(positions(held)).toEqual(expected);
          }
          // The last one is always there, however heavy.
          expect(positions(tail.after(tail.end.position - 1, 10))).toEqual([tail.end.position]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('holds at most so many transitions, and about so much text', () => {
    const many = createTail({ position: 0, id: '' }, { tailTransitions: 3 });
    many.extend(Array.from({ length: 5 }, (_, index) => at(index + 1)));
    expect(many.after(5 - 3, 1)).not.toBeNull();
    expect(many.after(5 - 4, 1)).toBeNull();
    const heavy = createTail({ position: 0, id: '' }, { tailCharacters: 30 });
    heavy.extend(Array.from({ length: 5 }, (_, index) => at(index + 1, 10)));
    expect(heavy.after(5 - 3, 1)).not.toBeNull();
    expect(heavy.after(5 - 4, 1)).toBeNull();
  });

  it('never holds what was before it was begun, nor what was before the log was opened again', () => {
    const tail = createTail({ position: 5, id: 'five' });
    expect(tail.after(4, 1)).toBeNull();
    tail.extend([at(6), at(7)]);
    expect(positions(tail.after(5, 10))).toEqual([6, 7]);
    tail.reset({ position: 9, id: 'nine' });
    expect(tail.end.position).toBe(9);
    expect(tail.after(7, 10)).toBeNull();
    expect(tail.after(9, 10)).toEqual([]);
    tail.extend([at(10)]);
    expect(positions(tail.after(9, 10))).toEqual([10]);
    expect(tail.after(8, 10)).toBeNull();
  });

  it('does not take what does not follow', () => {
    const tail = createTail({ position: 5, id: 'five' });
    expect(() => tail.extend([at(7)])).toThrow('gap before position 6');
  });

  it('wakes whoever waits: by what is appended, by a reopened log, by a signal', async () => {
    const tail = createTail({ position: 0, id: '' });
    const abort = new AbortController();
    const waiting = Promise.all([tail.grown(0, never), tail.grown(0, never)]);
    const aborted = tail.grown(1, abort.signal);
    tail.extend([at(1)]);
    await waiting;
    await tail.grown(0, never);
    abort.abort();
    await aborted;
    const reset = tail.grown(1, never);
    tail.reset({ position: 2, id: 'two' });
    await reset;
  });
});
