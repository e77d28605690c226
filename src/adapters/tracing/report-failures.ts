import { DiagLogLevel, diag } from '@opentelemetry/api';
import type { Clock } from '../../application/ports/clock.ts';
import type { LogFields } from '../../application/ports/log-fields.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { createRepeatingReport } from '../../application/repeating-report.ts';

export interface ExportReport {
  taken(): void;
  lost(spans: number, why: string): void;
}

/** What is wrong with traces, as one line when it begins and one a minute while it goes on, however many spans are lost. */
export function reportFailures(to: { readonly logger: Logger; readonly clock: Pick<Clock, 'now'> }): ExportReport {
  const report = createRepeatingReport(to);
  const about = 'traces';
  const occurred = (why: string, fields: LogFields) =>
    report.occurred({
      about,
      kind: 'export',
      level: 'warn',
      fields: { ...fields, reason: why },
      message:
        'spans are lost: the receiver of traces (OTEL_EXPORTER_OTLP_ENDPOINT) does not take them; nothing else waits',
    });
  // The library speaks of single spans that were dropped, of what it exports anyway, and at each of them.
  diag.setLogger(
    {
      error: () => {},
      warn: (message) => {
        if (message.startsWith('Dropped ')) occurred('more came than could be sent', {});
      },
      info: () => {},
      debug: () => {},
      verbose: () => {},
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  return {
    taken: () => report.wentWell(about),
    lost: (spans, why) => occurred(why, { spans }),
  };
}
