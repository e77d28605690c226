import type { LogFields } from '../application/ports/log-fields.ts';
import type { HandlerLogger, Logger } from '../application/ports/logger.ts';
import { wellFormed } from './well-formed.ts';

/** What one handler may say in one run, and how much in one line. In characters of JSON. */
export const handlerLogLimits = { maxLines: 1_000, maxFieldsCharacters: 8_192, maxMessageCharacters: 2_000 } as const;
export type HandlerLogLimits = { readonly [Name in keyof typeof handlerLogLimits]: number };

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
type LogLevel = (typeof logLevels)[number];

/** A line of a handler: checked, small, and plain JSON. */
export interface HandlerLine {
  readonly level: LogLevel;
  readonly fields: unknown;
  readonly message: string;
}

/**
 * The logger that a handler gets. Whatever it hands over stands under a key of its own, so that no payload can pass for
 * a level, a time or an event's id; what has no JSON form or is too long is left out.
 */
export function createHandlerLogger(
  write: (line: HandlerLine) => void,
  limits: HandlerLogLimits = handlerLogLimits,
  budget = { lines: limits.maxLines },
  bound: object = {},
): HandlerLogger {
  const line = (level: LogLevel) => (fields: unknown, message?: unknown) => {
    if (budget.lines < 0) return;
    // As pino takes it, a text alone is the message.
    const [said, text] = typeof fields === 'string' && message === undefined ? [{}, fields] : [fields, message];
    if (budget.lines-- > 0) write({ level, ...smallLine({ ...bound, ...asFields(said) }, text, limits) });
    else write({ level: 'warn', fields: {}, message: `more than ${limits.maxLines} lines in one run are left out` });
  };
  return {
    ...{ debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    child: (fields) => createHandlerLogger(write, limits, budget, { ...bound, ...asFields(fields) }),
  };
}

/** Writes a handler's line under the name of its event. */
export function writeHandlerLine(logger: Logger, about: LogFields, { level, fields, message }: HandlerLine): void {
  logger[level]({ ...about, handler: fields }, message);
}

const asFields = (given: unknown): object => {
  if (given instanceof Error) return { err: given };
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  return { value: given };
};

function smallLine(fields: object, message: unknown, limits: HandlerLogLimits): Omit<HandlerLine, 'level'> {
  const text = wellFormed(typeof message === 'string' ? message : '', limits.maxMessageCharacters);
  try {
    const json = JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? errorOf(value) : value));
    if (json.length <= limits.maxFieldsCharacters) return { fields: JSON.parse(json), message: text };
    return { fields: { leftOut: `${json.length} characters of JSON` }, message: text };
  } catch {
    return { fields: { leftOut: 'no JSON form' }, message: text };
  }
}

const errorOf = ({ name, message, stack }: Error) => ({ class: name, message, stack });
