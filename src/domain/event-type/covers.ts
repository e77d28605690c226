/**
 * Whether what is said about a name holds for events of a type: the name is the type, a prefix such as `order.*`, or `*`. Not by
 * the closest handler, so that it means the same whatever the configuration of a process is.
 */
export const covers = (name: string, type: string): boolean =>
  name === '*' || name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1)));
