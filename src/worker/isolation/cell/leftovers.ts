import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';

/** The pending timers of one handler: what it has begun and not waited for. */
export interface Leftovers {
  readonly timers: Set<NodeJS.Timeout | NodeJS.Immediate>;
  /** Called after each timer that ran or was cleared. */
  changed(): void;
}

/** Whether something goes on that would keep a process of its own alive. */
export const isAtWork = ({ timers: own }: Leftovers) => [...own].some((timer) => timer.hasRef());

/**
 * Has every timer belong to the handler that began it, so that an error that a forgotten one leads to is seen before the
 * handler's outcome is recorded, and not after it.
 * @param owner who runs now.
 */
export function watchTimers(owner: () => Leftovers | undefined): void {
  const owners = new WeakMap<object, Leftovers>();
  const gone = (timer: NodeJS.Timeout | NodeJS.Immediate | undefined) => {
    const own = timer && owners.get(timer);
    if (timer && own?.timers.delete(timer)) own.changed();
  };
  const begun = <Timer extends NodeJS.Timeout | NodeJS.Immediate>(own: Leftovers, timer: Timer): Timer => {
    owners.set(timer, own);
    own.timers.add(timer);
    return timer;
  };
  const once = <Set extends typeof setTimeout | typeof setImmediate>(original: Set): Set => {
    const watched = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => {
      const own = owner();
      const begin = original as unknown as (...given: unknown[]) => NodeJS.Timeout | NodeJS.Immediate;
      if (own === undefined || typeof callback !== 'function') return begin(callback, ...rest);
      const timer = begun(
        own,
        begin(
          (...values: unknown[]) => {
            // After what the callback leads to at once, rejections included.
            setImmediateOriginal(() => gone(timer));
            callback(...values);
          },
          ...rest,
        ),
      );
      return timer;
    };
    return Object.assign(watched, { [promisify.custom]: promiseOf(original) }) as unknown as Set;
  };
  const promiseOf = (original: typeof setTimeout | typeof setImmediate) => {
    const begin: (...given: unknown[]) => Promise<unknown> = promisify(original);
    return (...given: unknown[]) => {
      const own = owner();
      if (own === undefined) return begin(...given);
      const standIn = begun(
        own,
        setTimeoutOriginal(() => {}, MAX_TIMER_MS),
      );
      const over = () => {
        clearTimeoutOriginal(standIn);
        setImmediateOriginal(() => gone(standIn));
      };
      const promise = begin(...given);
      promise.then(over, over);
      return promise;
    };
  };
  const clear = <Clear extends (timer: never) => void>(original: Clear): Clear =>
    ((timer: never) => {
      original(timer);
      if (typeof timer === 'object') gone(timer);
    }) as Clear;
  const interval = (callback: (...values: unknown[]) => void, delayMs?: number, ...values: unknown[]) => {
    const own = owner();
    const timer = setIntervalOriginal(callback, delayMs, ...values);
    return own === undefined ? timer : begun(own, timer);
  };

  const watched = {
    setTimeout: once(setTimeoutOriginal),
    setImmediate: once(setImmediateOriginal),
    setInterval: interval,
    clearTimeout: clear(clearTimeoutOriginal),
    clearImmediate: clear(clearImmediate),
    clearInterval: clear(clearInterval),
  };
  Object.assign(globalThis, watched);
  Object.assign(timers, watched);
  const { setTimeout: after, setImmediate: soon } = watched;
  Object.assign(timersPromises, {
    setTimeout: (after as unknown as Record<symbol, unknown>)[promisify.custom],
    setImmediate: (soon as unknown as Record<symbol, unknown>)[promisify.custom],
  });
  syncBuiltinESMExports();
}

const MAX_TIMER_MS = 2 ** 31 - 1;
const setTimeoutOriginal = globalThis.setTimeout;
const setImmediateOriginal = globalThis.setImmediate;
const setIntervalOriginal = globalThis.setInterval;
const clearTimeoutOriginal = globalThis.clearTimeout;
