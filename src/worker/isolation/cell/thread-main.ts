import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { CellSettings, ToCell } from '../messages.ts';
import { guardProcess } from './guard-process.ts';
import { runCell } from './run-cell.ts';

const port = parentPort as MessagePort;
guardProcess([process.pid, process.ppid, -process.pid]);
await runCell(workerData as CellSettings, {
  send: (message) => port.postMessage(message),
  receive: (onMessage) => void port.on('message', (message: ToCell) => onMessage(message)),
});
