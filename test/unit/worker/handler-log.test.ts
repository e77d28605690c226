import { describe, expect, it } from 'vitest';
import { createHandlerLogger, type HandlerLine, writeHandlerLine } from '../../../src/worker/handler-log.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

function scene(limits = { maxLines: 3, maxFieldsCharacters: 60, maxMessageCharacters: 10 }) {
  const lines: HandlerLine[] = [];
  return { lines, logger: createHandlerLogger((line) => lines.push(line), limits) };
}

describe("a handler's line of the log", () => {
  it('cannot pass for a level, a time or an event of ours', () => {
    const { lines, logger } = scene();
    logger.info({ level: 60, time: 'then', eventId: 'another' }, 'hello');
    const ours = createRecordingLogger();
    writeHandlerLine(ours, { eventId: 'event-1' }, lines[0] as HandlerLine);
    expect(ours.lines).toEqual([
      {
        level: 'info',
        message: 'hello',
        fields: { eventId: 'event-1', handler: { level: 60, time: 'then', eventId: 'another' } },
      },
    ]);
  });

  it('is small, whatever it is given', () => {
    const { lines, logger } = scene();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    logger.info({ text: 'x'.repeat(1_000) }, 'a message that is too long');
    logger.warn(circular, 'round');
    expect(lines).toEqual([
      { level: 'info', fields: { leftOut: '1011 characters of JSON' }, message: 'a message ' },
      { level: 'warn', fields: { leftOut: 'no JSON form' }, message: 'round' },
    ]);
  });

  it('is one of so many in a run, and then it is said that the rest is left out', () => {
    const { lines, logger } = scene();
    const child = logger.child({ step: 1 });
    for (let line = 0; line < 10; line++) (line % 2 ? child : logger).debug({ line }, 'line');
    expect(lines.map(({ fields }) => fields)).toEqual([{ line: 0 }, { step: 1, line: 1 }, { line: 2 }, {}]);
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'more than 3 lines in one run are left out' });
  });

  it('keeps what an error says', () => {
    const { lines, logger } = scene({ maxLines: 3, maxFieldsCharacters: 10_000, maxMessageCharacters: 100 });
    logger.error({ err: new TypeError('no') }, 'failed');
    expect(lines[0]).toMatchObject({ fields: { err: { class: 'TypeError', message: 'no' } } });
  });
});
