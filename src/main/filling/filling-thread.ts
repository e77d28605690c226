import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock as clock } from '../../adapters/system/clock.ts';
import { carried } from '../../application/carried-failure.ts';
import type { Database } from '../../projections/database.ts';
import { readModels } from '../../projections/index.ts';
import { createProjectionStore } from '../../projections/projection-store.ts';
import { createProjector } from '../../projections/projector.ts';
import { createCatchUp } from '../../projections/rebuild/fill.ts';
import { askProcess } from './ask-process.ts';
import type { FillingOrder, FromThread } from './messages.ts';

/** A third of what others get of a processor that all of them want (sched(7)). */
const LATER_BY = 5;
const LOWEST_PRIORITY = 19;

// Checking, decoding and folding a log takes a processor for as long as it takes. In a thread of its own, and after all others,
// that time is not taken from requests.
if (parentPort === null) throw new Error('This file is a thread that fills a copy; createCatchUpInThread starts it');
const port = parentPort;
const say = (message: FromThread) => port.postMessage(message);
// On Linux this is of the thread alone; elsewhere it would be of the process.
if (process.platform === 'linux') setPriority(Math.min(LOWEST_PRIORITY, getPriority() + LATER_BY));

const { projection, version, slot, lease, limits, passOverUpTo } = workerData as FillingOrder;
const { log, lender, logger } = askProcess(port);
const readModel = readModels.find((each) => each.name === projection && each.version === version);
if (readModel === undefined) throw new Error(`There is no read model ${projection} of version ${version}`);
const { borrowedDatabase } = await import('../../adapters/postgres/borrowed-database.ts');
const store = createProjectionStore(borrowedDatabase<Database>(lender), readModel, slot);
const projector = createProjector(readModel, { store, log, slot, clock, logger, lease, passOverUpTo });
const catchUp = createCatchUp({
  ...{ log, limits, projector: () => projector },
  onWritten: ({ position }, transitions) => say({ kind: 'written', position, transitions }),
});
catchUp({ readModel, slot }, new AbortController().signal).then(
  (transitions) => say({ kind: 'filled', transitions }),
  (failure: unknown) => say({ kind: 'failed', failure: carried(failure) }),
);
