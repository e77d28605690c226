import type { LogFields } from './log-fields.ts';

interface Lines<Fields> {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** Structured logging. Fields are those of THE LIST, and hold no payloads, tokens or settings. */
export interface Logger extends Lines<LogFields> {
  child(fields: LogFields): Logger;
}

/** What a handler gets: any fields, which stand in the line under `handler`. */
export interface HandlerLogger extends Lines<object> {
  child(fields: object): HandlerLogger;
}
