import { describe, expect, it } from 'vitest';
import { drawFindings } from '../../../../src/main/doctor/examine.ts';
import { clocksApart, ok, roomLeft, wrong } from '../../../../src/main/doctor/finding.ts';

describe('clocks', () => {
  const asked = { askedAt: 100_000, answeredAt: 100_400, resolutionMs: 1_000 };
  it.each([
    [99_000, 'ok', 'agree'],
    [100_400, 'ok', 'agree'],
    [97_000, 'ok', 'agree'],
    [102_400, 'ok', 'agree'],
    [103_000, 'wrong', '2.6 s ahead of'],
    [90_000, 'wrong', '9.0 s behind'],
  ])('that say %i between 100,000 and 100,400, in whole seconds, are %s', (theirs, state, found) => {
    expect(clocksApart('clock', theirs, asked)).toMatchObject({ state, found: expect.stringContaining(found) });
  });
});

describe('room on the disk', () => {
  const GIB = 1024 ** 3;
  it.each([
    [3 * GIB, 'ok'],
    [GIB, 'warning'],
    [GIB / 5, 'wrong'],
  ])('of %i bytes is %s', (free, state) => {
    expect(roomLeft(free, '/data').state).toBe(state);
  });
});

it('what is wrong is shown with what to do, and nothing that a system says moves the cursor', () => {
  const text = drawFindings([ok('node', 'Node 24'), wrong('log', 'a\u001B[2Jb', 'do this')]);
  expect(text.split('\n')).toEqual([
    'ok       node                 Node 24',
    'WRONG    log                  a\uFFFD[2Jb',
    `${' '.repeat(30)}-> do this`,
    '',
  ]);
});
