/**
 * The module at `path`, relative to the one whose `import.meta.url` is `from`, with the same ending: `.ts` in a checkout,
 * `.js` in the package. For what a process or thread is started from; imports are rewritten by the compiler.
 */
export const moduleBeside = (from: string, path: string): URL =>
  new URL(path + from.slice(from.lastIndexOf('.')), from);
