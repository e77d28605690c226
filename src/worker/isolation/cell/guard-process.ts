/** Thrown at a handler that asks for what would end or move all handlers beside it. */
export class ForbiddenToHandlers extends Error {
  override readonly name = 'ForbiddenToHandlers';
  readonly retryable = false;
}

const forbidden = (what: string) => (): never => {
  throw new ForbiddenToHandlers(`A handler called ${what}; it may end itself only, by returning or throwing`);
};

/**
 * What ends, signals or moves the whole process fails the handler that calls it instead. That is a fence, not a wall:
 * who climbs over it ends the process of handlers, and nothing else.
 */
export function guardProcess(ownGroup: readonly number[]): void {
  const { kill } = process;
  const replace = (name: string, value: unknown) =>
    Object.defineProperty(process, name, { value, writable: false, configurable: false, enumerable: true });
  for (const name of ['exit', 'reallyExit', 'abort', 'chdir', 'setuid', 'setgid'])
    replace(name, forbidden(`process.${name}()`));
  replace('kill', (pid: number, signal?: string | number) => {
    // 0 is the whole group, and a negative number another one; signal 0 only asks.
    if (signal !== 0 && (pid <= 0 || ownGroup.includes(pid))) forbidden(`process.kill(${pid})`)();
    return kill.call(process, pid, signal);
  });
}
