import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from '../../../../src/adapters/telemetry/logger.ts';
import { logFields } from '../../../../src/application/ports/log-fields.ts';

function setUp(but: Partial<LoggerOptions> = {}) {
  const written: string[] = [];
  const destination = { write: (text: string) => void written.push(text) };
  const logger = createLogger({ level: 'info', destination, ...but });
  return { logger, written, lines: () => written.map((line) => JSON.parse(line)) };
}

/** What forges a line, a colour, or an order of letters where a log is read. */
const injections = [
  'one\r\n{"level":30,"msg":"forged"}',
  '\u001b[2Jcleared',
  '\u009b31mred',
  '\u0085next line',
  'x\u2028y\u2029z',
  'admin\u202enimda',
  '\u2066isolated\u2069',
  '\b\b\bover',
  '\u007fdeleted',
  '\0',
];

describe('a line of the log', () => {
  it.each(injections)(
    'is one line of plain text, whatever is in a field, its name, a message or an error: %j',
    (text) => {
      const { logger, written } = setUp();
      logger.warn({ reason: text, ...{ [text]: 1 }, handler: { [text]: text }, err: new Error(text) }, text);
      logger.child({ subscriber: text }).info({}, 'after');
      for (const line of written) {
        expect(line.endsWith('\n')).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }
      expect(written).toHaveLength(2);
    },
  );

  it.each(injections)('says what was there, to whoever parses it: %j', (text) => {
    const { logger, lines } = setUp();
    logger.warn({ reason: text }, text);
    expect(lines()).toMatchObject([{ reason: text, msg: text }]);
  });

  it('keeps the letters of all languages as they are', () => {
    const { logger, written } = setUp();
    logger.info({ reason: 'Łódź 東京 שלום 🙂' }, 'sent');
    expect(written.join('')).toContain('Łódź 東京 שלום 🙂');
  });

  it('has the fields of the list and no others, and names those that it leaves out', () => {
    const { logger, written, lines } = setUp();
    // @ts-expect-error no such field: it does not compile
    logger.info({ payload: 'secret', eventId: '1' }, 'one');
    const spread: object = { eventId: '1', authorization: 'secret', ['x'.repeat(500)]: 1 };
    logger.child(spread).warn({ ...spread }, 'two');
    expect(written.join('')).not.toContain('secret');
    expect(lines().map(({ leftOut }) => leftOut)).toEqual([['payload'], ['authorization', `${'x'.repeat(40)}…`]]);
    expect(new Set(logFields).size).toBe(logFields.length);
  });

  it('shows of an error its class, message, stack and code, and nothing that a driver hangs on it', () => {
    const { logger, written, lines } = setUp();
    const error = Object.assign(new TypeError('it failed'), { code: '23505', detail: 'Key (payload)=(secret)' });
    logger.error({ err: error }, 'one');
    expect(lines()).toMatchObject([{ err: { type: 'TypeError', message: 'it failed', code: '23505' } }]);
    expect(written.join('')).not.toContain('secret');
  });

  it('is no longer than a few pages, whatever is in a field', () => {
    const { logger, written } = setUp();
    const long = 'x'.repeat(1_000_000);
    logger.warn({ reason: long, err: new Error(long) }, 'one');
    expect(written.join('').length).toBeLessThan(40_000);
  });

  it('names the role of its process, the trace that it belongs to, and what all lines of an event have in common', () => {
    const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };
    const { logger, lines } = setUp({ role: 'worker', currentTrace: () => trace });
    logger.info({ eventId: '0b6c3f0e', generation: 0, attempt: 2 }, 'one');
    expect(lines()).toMatchObject([
      { role: 'worker', ...trace, correlationId: 'event-0b6c3f0e', eventId: '0b6c3f0e', generation: 0, attempt: 2 },
    ]);
  });

  it('that belongs to no trace has none', () => {
    const { logger, lines } = setUp({ currentTrace: () => null });
    logger.info({}, 'one');
    expect(Object.keys(lines()[0])).toEqual(['level', 'time', 'msg']);
  });
});
