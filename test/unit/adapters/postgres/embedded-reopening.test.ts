import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createReopening } from '../../../../src/adapters/postgres/embedded-reopening.ts';

function failure(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('could not create file "base/5/16471": File exists', 0, 'error');
  error.code = code;
  return error;
}

function reopening(failuresBeforeReopening: number) {
  let nowMs = 0;
  const reopened: number[] = [];
  const limits = { failuresBeforeReopening, firstReopeningMs: 100, longestReopeningMs: 1_000 };
  const { failed } = createReopening(
    limits,
    () => void reopened.push(nowMs),
    () => nowMs,
  );
  const failAt = (atMs: number, code = '58P02') => {
    nowMs = atMs;
    failed(failure(code));
  };
  return { reopened, failAt };
}

describe('the embedded read database is opened again', () => {
  it.each([1, 2, 3])('after %i failures that its files can be at fault for', (failures) => {
    const { reopened, failAt } = reopening(failures);
    for (let at = 1; at <= failures; at++) failAt(at);
    expect(reopened).toEqual([failures]);
  });

  it('after so many failures however seldom they come: files that are at fault do not recover by themselves', () => {
    const { reopened, failAt } = reopening(3);
    for (const at of [0, 2_000, 4_000]) failAt(at);
    expect(reopened).toEqual([4_000]);
  });

  it('ever more seldom while that does not help', () => {
    const { reopened, failAt } = reopening(1);
    for (let at = 0; at < 1_000; at += 10) failAt(at);
    expect(reopened).toEqual([0, 100, 300, 700]);
  });

  it('soon again after a long time without a failure', () => {
    const { reopened, failAt } = reopening(1);
    for (const at of [0, 100, 300, 1_400, 1_500]) failAt(at);
    expect(reopened).toEqual([0, 100, 300, 1_400, 1_500]);
  });

  it.each([
    ['a full disk', '53100'],
    ['damage, which a new start repairs', '58P01'],
    ['refused data', '22003'],
  ])('not for %s', (_, code) => {
    const { reopened, failAt } = reopening(1);
    failAt(0, code);
    expect(reopened).toEqual([]);
  });
});
