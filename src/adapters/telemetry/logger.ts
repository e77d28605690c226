import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/**
 * JSON escapes what ends a line in a file, and leaves what a terminal or a viewer obeys: C1 controls, which begin sequences as
 * ESC does, ends of lines of Unicode, and marks that turn text around. In JSON they stand within strings alone.
 */
const misleading = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;
const escaped = (line: string) =>
  line.replaceAll(misleading, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * JSON lines. Errors are written with class, message and stack; no payload, token or setting is ever handed to a logger,
 * so nothing needs to be redacted here.
 * @param destination must neither wait nor fail: a log that cannot be written is no reason to stop working.
 * @param surroundings what each line says besides, such as the trace that it belongs to.
 */
export function createLogger(
  level: string,
  destination: DestinationStream,
  surroundings?: () => object | null,
): PinoLogger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: escaped } };
  const mixin = surroundings && { mixin: () => surroundings() ?? {} };
  return pino({ ...options, ...mixin }, destination);
}
