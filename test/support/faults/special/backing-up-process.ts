import { join } from 'node:path';
import { readConfig } from '../../../../src/config/config.ts';
import { backUpLog } from '../../../../src/main/back-up-log.ts';
import { appendEvents, startLog } from '../../event-log/embedded/log-of-histories.ts';

// Appends without end to the log in a data folder, and backs it up again and again, until it is killed. What the backups
// print says which are whole, and how many events were answered for before each was begun.

const [, , dataFolder = '', backups = '', eventsBefore = '0', life = '0'] = process.argv;
const config = readConfig({ DATA_DIR: dataFolder });
const { log } = await startLog(dataFolder);
let events = Number(eventsBefore);

async function append(): Promise<never> {
  for (;;) {
    await appendEvents(log, events, events + 5);
    events += 5;
    process.stdout.write(`answered ${events}\n`);
  }
}

async function backUp(): Promise<never> {
  for (let number = 0; ; number += 1) {
    process.stdout.write(`begun ${join(backups, `${life}-${number}`)} ${events}\n`);
    await backUpLog(config, join(backups, `${life}-${number}`));
  }
}

await Promise.all([append(), backUp()]);
