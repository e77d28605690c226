import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { streamOf } from '../../application/event-identity.ts';
import { logFields } from '../../application/ports/log-fields.ts';
import type { Logger } from '../../application/ports/logger.ts';

/**
 * JSON escapes what ends a line in a file, and leaves what a terminal or a viewer obeys: C1 controls, which begin sequences as
 * ESC does, ends of lines of Unicode, and marks that turn text around. In JSON they stand within strings alone.
 */
const misleading = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;
const escaped = (line: string) =>
  line.replaceAll(misleading, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const LONGEST_TEXT = 8_192;
/** Names of fields that were left out, and how long each may be. */
const MOST_NAMES = 10;
const LONGEST_NAME = 40;

const known: ReadonlySet<string> = new Set(logFields);

export interface LoggerOptions {
  readonly level: string;
  /** Must neither wait nor fail: a log that cannot be written is no reason to stop working. */
  readonly destination: DestinationStream;
  /** Of this process, in every line. */
  readonly role?: string;
  /** The trace that the code which logs belongs to; `null` where it belongs to none. */
  readonly currentTrace?: () => { readonly trace_id: string; readonly span_id: string } | null;
}

/**
 * JSON lines with the fields of THE LIST and no others. Of an error, its class, message, stack and code, and none of the properties
 * that drivers hang on it. No payload, token or setting is ever handed to a logger, so nothing needs to be redacted here.
 */
export function createLogger({ level, destination, role, currentTrace }: LoggerOptions): Logger {
  return guarded(
    pino(
      {
        level,
        base: role === undefined ? null : { role },
        timestamp: pino.stdTimeFunctions.isoTime,
        hooks: { streamWrite: escaped },
        formatters: { log: allowed },
        serializers: { err: errorOf },
        ...(currentTrace === undefined ? {} : { mixin: () => currentTrace() ?? {} }),
      },
      destination,
    ),
  );
}

/** What a child is bound to does not come to `formatters`. */
const guarded = (logger: PinoLogger): Logger => ({
  debug: (fields, message) => logger.debug(fields, message),
  info: (fields, message) => logger.info(fields, message),
  warn: (fields, message) => logger.warn(fields, message),
  error: (fields, message) => logger.error(fields, message),
  child: (fields) => guarded(logger.child(allowed(fields))),
});

/** What of the fields may be in a line, and how an event's lines are found. */
function allowed(fields: object): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  const leftOut: string[] = [];
  for (const [name, value] of Object.entries(fields))
    if (known.has(name)) line[name] = typeof value === 'string' ? shortened(value, LONGEST_TEXT) : value;
    else leftOut.push(shortened(name, LONGEST_NAME));
  const { eventId, correlationId } = line;
  // The same as in every transition of the event.
  if (typeof eventId === 'string' && correlationId === undefined) line['correlationId'] = streamOf(eventId);
  return leftOut.length === 0 ? line : { ...line, leftOut: leftOut.slice(0, MOST_NAMES) };
}

function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? shortened(error, LONGEST_TEXT) : null;
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code } = error as NodeJS.ErrnoException;
  return {
    type,
    message: shortened(message, LONGEST_TEXT),
    stack: shortened(stack, LONGEST_TEXT),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

const shortened = (text: string, longest: number) => (text.length <= longest ? text : `${text.slice(0, longest)}…`);
