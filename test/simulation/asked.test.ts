import { describe, expect, it } from 'vitest';
import { AskedAttempts } from '../support/simulation/asked.ts';

const eventId = '00000000-0000-8000-8000-000000000000';
const command = { eventId, generation: 0, attempt: 1, event: null };
const other = { ...command, eventId: '00000000-0000-8000-8000-000000000001' };

function asked() {
  let passed = 0;
  const attempts = new AskedAttempts(() => passed);
  const at = (ms: number, act: (attempts: AskedAttempts) => void) => {
    passed = ms;
    act(attempts);
  };
  const dispatcher = {};
  const publishAt = (ms: number, calledAt = ms) => at(ms, (all) => all.note(command, dispatcher, calledAt));
  return { attempts, at, dispatcher, publishAt };
}

describe('a command for what had ended, after the read database was emptied', () => {
  it('was not needed', () => {
    const { attempts, at, publishAt } = asked();
    publishAt(0);
    at(1_000, (all) => all.noteEnding(eventId, 0));
    at(2_000, (all) => all.noteLostTables());
    publishAt(5_000);
    expect(attempts.needlessly()).toHaveLength(1);
  });

  it.each([
    ['whose answer was lost, by a broker that is away until then', 5_000, Infinity],
    ['whose answer was lost, soon after the broker was back', 5_000, 4_500],
    ['whose answer was lost, long after another call of the process was answered', 9_000, 4_500],
  ])('is only repeated %s', (_, publishedAt, recoveredAt) => {
    const { attempts, at, dispatcher, publishAt } = asked();
    publishAt(0);
    at(1, (all) => all.noteFailed(dispatcher, [command]));
    at(1_000, (all) => all.noteEnding(eventId, 0));
    at(2_000, (all) => all.noteLostTables());
    if (recoveredAt < publishedAt) at(recoveredAt, (all) => all.noteSucceeded(dispatcher, [other]));
    publishAt(publishedAt);
    expect(attempts.needlessly()).toEqual([]);
  });

  it('was not needed once the call that had failed was repeated', () => {
    const { attempts, at, dispatcher, publishAt } = asked();
    publishAt(0);
    at(1, (all) => all.noteFailed(dispatcher, [command]));
    publishAt(500);
    at(500, (all) => all.noteSucceeded(dispatcher, [command]));
    at(1_000, (all) => all.noteEnding(eventId, 0));
    at(2_000, (all) => all.noteLostTables());
    publishAt(5_000);
    expect(attempts.needlessly()).toHaveLength(1);
  });

  it('was on its way since before', () => {
    const { attempts, at, publishAt } = asked();
    at(1_000, (all) => all.noteEnding(eventId, 0));
    at(2_000, (all) => all.noteLostTables());
    publishAt(9_000, 1_500);
    expect(attempts.needlessly()).toEqual([]);
  });
});
