import { createInMemoryLog } from '../in-memory-log.ts';

/** A log that holds every append back until it is told to go on. */
export function heldLog() {
  const log = createInMemoryLog();
  const [asked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const append: typeof log.append = async (request) => {
    asked.resolve();
    await go.promise;
    return log.append(request);
  };
  return { log: { ...log, append }, asked: asked.promise, go: () => go.resolve() };
}
