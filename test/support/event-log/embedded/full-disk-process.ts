import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import { readLog } from '../follow.ts';
import { kindOf, request, transition } from '../transitions.ts';

// Lives through a full disk in `folder`, a small file system of its own, and prints what it saw.

const [, , folder = ''] = process.argv;
const path = join(folder, 'log.db');
const data = JSON.stringify('x'.repeat(4_000));

const someRequest = () => request({ transitions: [transition({ data }), transition({ data })] });
/** Takes room that can be given back. */
function takeRoom(name: string): () => void {
  const ballast = join(folder, name);
  writeFileSync(ballast, Buffer.alloc(1024 * 1024));
  return () => rmSync(ballast);
}

/** Appends until the log takes no more. */
async function appendUntilRefused(log: EventLog) {
  for (let appended = 0; appended < 10_000; ) {
    const sent = Array.from({ length: 5 }, someRequest);
    const kinds = (await log.appendMany(sent)).map(kindOf);
    const refused = kinds.findIndex((kind) => kind !== 'appended');
    appended += refused < 0 ? kinds.length : kinds.filter((kind) => kind === 'appended').length;
    if (refused >= 0) return { appended, kind: kinds[refused], refused: sent[refused] ?? someRequest() };
  }
  throw new Error('The disk never got full');
}

const [makeRoom, makeMoreRoom] = [takeRoom('first'), takeRoom('second')];
const log = await openEmbeddedLog({ path });
const { appended, kind, refused } = await appendUntilRefused(log);
const readWhileFull = (await readLog(log)).length / 2;
makeRoom();
const afterRoom = kindOf(await log.append(refused));
const second = await appendUntilRefused(log);
await log.close();

// Nobody has made room yet.
const reopened = await openEmbeddedLog({ path });
const reopenedWhileFull = (await readLog(reopened)).length / 2;
makeMoreRoom();
const afterReopening = kindOf(await reopened.append(second.refused));
await reopened.close();

process.stdout.write(
  JSON.stringify({
    appended: appended > 0,
    kind,
    lostWhileFull: appended - readWhileFull,
    afterRoom,
    secondKind: second.kind,
    lostAfterReopening: appended + 1 + second.appended - reopenedWhileFull,
    afterReopening,
  }),
);
