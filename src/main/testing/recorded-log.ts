import type { Logger } from '../../application/ports/logger.ts';

/** One line of the log. What a handler itself logged stands under `handler`. */
export interface TestLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that keeps what it is given, for a test to look at. */
export function recordLog(): { readonly lines: readonly TestLine[]; readonly logger: Logger } {
  const lines: TestLine[] = [];
  const loggerWith = (bound: object): Logger => {
    const line = (level: TestLine['level']) => (fields: object, message: string) =>
      void lines.push({ level, message, fields: { ...bound, ...fields } });
    return {
      ...{ debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
      child: (fields) => loggerWith({ ...bound, ...fields }),
    };
  };
  return { lines, logger: loggerWith({}) };
}
