import { overview } from './overview.ts';
import type { Board } from './panel.ts';
import { processingAndFailures } from './processing-and-failures.ts';
import { projectionsAndLog } from './projections-and-log.ts';
import { runtime } from './runtime.ts';

export const boards: readonly Board[] = [overview, processingAndFailures, projectionsAndLog, runtime];
