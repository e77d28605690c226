import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../src/adapters/telemetry/logger.ts';

function setUp() {
  const written: string[] = [];
  const logger = createLogger('info', { write: (text: string) => void written.push(text) });
  return { logger, written };
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
      logger.warn({ found: text, [text]: 1, err: new Error(text) }, text);
      logger.child({ subject: text }).info({}, 'after');
      for (const line of written) {
        expect(line.endsWith('\n')).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }
      expect(written).toHaveLength(2);
    },
  );

  it.each(injections)('says what was there, to whoever parses it: %j', (text) => {
    const { logger, written } = setUp();
    logger.warn({ found: text }, text);
    expect(JSON.parse(written.join(''))).toMatchObject({ found: text, msg: text });
  });

  it('keeps the letters of all languages as they are', () => {
    const { logger, written } = setUp();
    logger.info({ name: 'Łódź 東京 שלום 🙂' }, 'sent');
    expect(written.join('')).toContain('Łódź 東京 שלום 🙂');
  });
});
