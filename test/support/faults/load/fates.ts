/** What the handlers make of a numbered event. Its type says it, so that handlers and clients agree. */
export const types = {
  steady: 'load.steady',
  /** Fails at its first two attempts. */
  stumbling: 'load.stumbling',
  /** Fails at every attempt of its first generation. */
  poison: 'load.poison',
  /** Fails permanently, at once. */
  refused: 'load.refused',
  /** Nobody's. */
  unhandled: 'unhandled.load',
} as const;

export type Fate = keyof typeof types;

export function fateOf(number: number): Fate {
  if (number % 25 === 3) return 'poison';
  if (number % 25 === 7) return 'refused';
  if (number % 50 === 11) return 'unhandled';
  return number % 5 === 0 ? 'stumbling' : 'steady';
}

/** Whether handlers alone can make a dead letter of it. */
export const mayDie = (type: string) => type === types.poison || type === types.refused || type === types.unhandled;

/** Posted by two clients at once, under one key. */
export const isPostedTwice = (number: number) => number % 10 === 1;

/** Posted again later under the same key, with another body. */
export const isContradicted = (number: number) => number % 40 === 2;
