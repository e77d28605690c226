import { describe, expect, it } from 'vitest';
import { drawTimeline, type Trace } from '../../../src/main/draw-timeline.ts';

const noon = Date.parse('2030-01-01T12:00:00.000Z');
const at = (seconds: number) => new Date(noon + seconds * 1_000).toISOString();

type Span = Trace['spans'][number];
const span = (kind: Span['kind'], from: number, to: number | null, but: Partial<Span> = {}): Span => ({
  ...{ kind, generation: 0, attempt: 1, startedAt: at(from), endedAt: to === null ? null : at(to) },
  durationMs: to === null ? null : (to - from) * 1_000,
  ...{ outcome: null, handler: null, worker: null, reason: null, operatorReason: null, revision: 0, traceId: null },
  ...but,
});

const trace = (spans: Span[], but: Partial<Trace> = {}): Trace => ({
  ...{ id: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d', type: 'order.placed', source: 'shop', status: 'PROCESSED' },
  ...{
    receivedAt: at(0),
    endedAt: at(10),
    durationMs: 10_000,
    nextAttemptAt: null,
    traceIds: [],
    omittedSpans: 0,
    spans,
  },
  ...but,
});

const drawn = (given: Trace, now = noon + 10_000) => drawTimeline(given, { columns: 100, now });
const linesOf = (given: Trace, now?: number) => drawn(given, now).trimEnd().split('\n');

describe('a timeline in a terminal', () => {
  it('has a line for each span, with a bar that is where the span was', () => {
    const retried = trace([
      span('waiting', 0, 1),
      span('attempt', 1, 2, { outcome: 'failed', handler: 'order.*', reason: 'TypeError: no lines' }),
      span('backoff', 2, 9, { attempt: 2 }),
      span('attempt', 9, 10, { attempt: 2, outcome: 'succeeded', handler: 'order.*' }),
    ]);
    expect(drawn(retried)).toBe(`order.placed from shop  0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d
PROCESSED, received 2030-01-01T12:00:00.000Z, ended after 10.0 s

waiting  0:1        1.0 s  ████
attempt  0:1        1.0 s      ███                               failed, by order.*, TypeError: no lines
backoff  0:2        7.0 s         █████████████████████████
attempt  0:2        1.0 s                                  ███   succeeded, by order.*
`);
  });

  it('draws what lasts up to now, in another shade', () => {
    const [, , , line] = linesOf(trace([span('waiting', 0, null)], { status: 'RECEIVED', durationMs: null }));
    expect(line).toMatch(/^waiting {2}0:1 {6}10\.0 s… {2}▒+$/);
  });

  it.each([0, 1, -5_000])('draws a mark at least where all takes no time, or clocks differ by %d ms', (now) => {
    const [, , , line] = linesOf(trace([span('waiting', 0, 0)]), noon + now);
    expect(line).toMatch(/^waiting {2}0:1 {9}0 ms {2}█$/);
  });

  it('is no wider than the terminal allows, and legible in a narrow one', () => {
    const narrow = drawTimeline(trace([span('waiting', 0, 10)]), { columns: 10, now: noon });
    expect(narrow.split('\n')[3]?.match(/█+/)?.[0]).toHaveLength(19);
  });

  it('lets nothing that a client or a handler wrote reach the terminal as a command or a line', () => {
    const hostile = '\u001B[2J\r\n\u202Eforged\u2028';
    const text = drawn(
      trace(
        [span('attempt', 0, 10, { outcome: 'failed', handler: hostile, reason: hostile, operatorReason: hostile })],
        {
          ...{ type: hostile, source: hostile },
        },
      ),
    );
    expect(text).not.toMatch(/[\u001B\r\u202E\u2028]/u);
    expect(text.trimEnd().split('\n')).toHaveLength(4);
  });

  it('shortens what a failure says', () => {
    const [, , , line] = linesOf(trace([span('attempt', 0, 10, { reason: 'x'.repeat(2_000) })]));
    expect(line?.match(/x+…$/)?.[0]).toHaveLength(200);
  });

  it.each([
    [999, '999 ms'],
    [1_500, '1.5 s'],
    [90_000, '1.5 min'],
    [5_400_000, '1.5 h'],
    [129_600_000, '1.5 d'],
  ])('shows %d ms as %s', (durationMs, shown) => {
    expect(drawn(trace([span('waiting', 0, 10)], { durationMs }))).toContain(`ended after ${shown}`);
  });
});
