import type { OutputForm } from '../cli/output-forms.ts';
import type { Config } from '../config/config.ts';
import { askSystem } from './ask-system.ts';
import { drawTimeline, type Trace } from './draw-timeline.ts';

const COLUMNS_OF_A_FILE = 120;

export async function showTrace(
  config: Config,
  { id, output }: { readonly id: string; readonly output: OutputForm },
): Promise<void> {
  const trace = await askSystem<Trace>(config, { path: `/v1/events/${id}/trace` });
  const columns = process.stdout.columns ?? COLUMNS_OF_A_FILE;
  const text = output === 'json' ? `${JSON.stringify(trace)}\n` : drawTimeline(trace, { columns, now: Date.now() });
  process.stdout.write(text);
}
