import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../../application/module-beside.ts';
import { createLineReader } from '../lines.ts';
import type { CellSettings, FromCell, ToCell } from '../messages.ts';
import { CHANNEL_DESCRIPTOR, MAX_LINE_CHARACTERS, OF_ITS_OWN_MIB } from '../process-layout.ts';
import { guardProcess } from './guard-process.ts';
import { runCell } from './run-cell.ts';

const settings = JSON.parse(process.argv[2] ?? '') as CellSettings;
const { kill, pid } = process;
const { parse, stringify } = JSON;

const watchdog = new Worker(moduleBeside(import.meta.url, './watchdog-thread'), {
  workerData: { maxMiB: settings.memoryMiB + OF_ITS_OWN_MIB, parent: process.ppid, group: process.pid },
  resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  stdout: false,
  stderr: false,
});
watchdog.unref();

/** With all that handlers started. */
const end = () => void kill.call(process, -pid, 'SIGKILL');

const socket = new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true });
socket.on('error', end);
// The worker is gone, or wants this process gone.
socket.on('close', end);

const ownGroup = [process.pid, process.ppid, -process.pid];
guardProcess(ownGroup);
await runCell(settings, {
  send: (message: FromCell) => void socket.write(`${stringify(message)}\n`),
  receive: (onMessage) =>
    void socket.on(
      'data',
      createLineReader(MAX_LINE_CHARACTERS, (line) => onMessage(parse(line) as ToCell)),
    ),
});
