import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/**
 * JSON lines on standard error: standard output is for results. Errors are written with class, message and stack; no
 * payload, token or setting is ever handed to a logger, so nothing needs to be redacted here.
 */
export function createLogger(level: string, destination: DestinationStream = pino.destination(2)): PinoLogger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
