import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import type { Faults } from './fault.ts';

/** One line of JSON asks for one switch, and one answers; answers may come in another order. */
export interface ControlRequest {
  readonly id: number;
  readonly do: keyof Faults;
  readonly with: readonly unknown[];
}
export type ControlAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

export interface ControlPort {
  readonly port: number;
  close(): Promise<void>;
}

/** Makes the switches usable from other processes of this machine. @throws where the port is taken. */
export async function listenForControl(faults: Faults, port: number): Promise<ControlPort> {
  const open = new Set<Socket>();
  const listener = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    const answer = async (line: string) => {
      const answered = await perform(faults, line);
      if (socket.writable) socket.write(`${JSON.stringify(answered)}\n`);
    };
    createInterface({ input: socket }).on('line', (line) => void answer(line));
  });
  return {
    port: await listenOnLoopback(listener, port),
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise<void>((closed) => listener.close(() => closed()));
    },
  };
}

async function perform(faults: Faults, line: string): Promise<ControlAnswer> {
  let id = 0;
  try {
    const request: ControlRequest = JSON.parse(line);
    id = request.id;
    const work = faults[request.do] as ((...args: readonly unknown[]) => Promise<unknown>) | undefined;
    if (work === undefined) throw new Error(`there is no switch '${request.do}'`);
    return { id, result: (await work(...request.with)) ?? null };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}
