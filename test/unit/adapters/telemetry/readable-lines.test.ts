import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../src/adapters/telemetry/logger.ts';
import { readableLines } from '../../../../src/adapters/telemetry/readable-lines.ts';

async function setUp() {
  const written: string[] = [];
  const destination = await readableLines({ write: (text: string) => void written.push(text) });
  return { logger: createLogger({ level: 'info', destination, role: 'api' }), text: () => written.join('') };
}

describe('lines for a person at a terminal', () => {
  it('have level, message and fields in words', async () => {
    const { logger, text } = await setUp();
    logger.warn({ eventId: 'one', attempt: 2 }, 'an attempt failed');
    const plain = text().replaceAll(/\u001B\[\d+m/g, '');
    expect(plain).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: an attempt failed\n/);
    expect(plain).toContain('eventId: "one"');
  });

  it('are JSON where the package that makes them readable is not installed', async () => {
    const destination = { write: () => {} };
    expect(await readableLines(destination, 'a-package-that-is-not-installed')).toBe(destination);
  });

  it.each(['one\r\nINFO: forged', '\u001B[2Jcleared', '\u009B31mred', 'admin\u202Enimda', 'x\u2028y'])(
    'obey nothing that was written by others: %j',
    async (hostile) => {
      const { logger, text } = await setUp();
      logger.warn({ reason: hostile, err: new Error(hostile) }, hostile);
      const colours = /\u001B\[\d+m/g;
      expect(text().replaceAll(colours, '').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      expect(text()).not.toMatch(/^INFO: forged/m);
    },
  );
});
