import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/**
 * JSON lines. Errors are written with class, message and stack; no payload, token or setting is ever handed to a logger,
 * so nothing needs to be redacted here.
 * @param destination must neither wait nor fail: a log that cannot be written is no reason to stop working.
 */
export function createLogger(level: string, destination: DestinationStream): PinoLogger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
