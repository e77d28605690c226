import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { LOOPBACK } from '../listen-on-loopback.ts';
import type { ControlAnswer, ControlRequest } from './control-port.ts';
import type { Faults } from './fault.ts';

export interface RemoteFaults extends Faults {
  close(): void;
}

/** The switches of a server in another process. What is under way when the connection ends is rejected. */
export function connectToControl(port: number): Promise<RemoteFaults> {
  const socket = connect(port, LOOPBACK);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;

  const request = (name: keyof Faults, args: readonly unknown[]): Promise<unknown> => {
    lastId += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(lastId, answer);
    socket.write(`${JSON.stringify({ id: lastId, do: name, with: args } satisfies ControlRequest)}\n`);
    return answer.promise;
  };
  createInterface({ input: socket }).on('line', (line) => {
    const answer: ControlAnswer = JSON.parse(line);
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) one?.reject(new Error(answer.error));
    else one?.resolve(answer.result);
  });
  socket.on('close', () => {
    for (const one of waiting.values()) one.reject(new Error('the protocol server has closed its control connection'));
    waiting.clear();
  });

  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Told by 'close'.
      socket.on('error', () => {});
      resolve(switchesOver(request, () => socket.destroy()));
    });
  });
}

function switchesOver(
  request: (name: keyof Faults, args: readonly unknown[]) => Promise<unknown>,
  close: () => void,
): RemoteFaults {
  const ask =
    <Name extends keyof Faults>(name: Name) =>
    (...args: Parameters<Faults[Name]>) =>
      request(name, args) as ReturnType<Faults[Name]>;
  return {
    set: ask('set'),
    lift: ask('lift'),
    struck: ask('struck'),
    endSubscriptions: ask('endSubscriptions'),
    subscribed: ask('subscribed'),
    dropConnections: ask('dropConnections'),
    backup: ask('backup'),
    restore: ask('restore'),
    close,
  };
}
