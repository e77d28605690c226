import type { TransitionData } from '../domain/event/transitions.ts';

type Result = TransitionData<'ProcessingSucceeded'>['result'];

const MAX_RESULT_BYTES = 4 * 1024;
/** As deep as a payload may be. Deeper JSON is a danger to readers of the history. */
const MAX_DEPTH = 64;

/**
 * What a handler returned, as it is kept in the history. What cannot be kept is left out, and the event has still
 * succeeded: the work is done, and a second attempt would only do it again.
 */
export function smallResult(returned: unknown): { readonly result: Result; readonly problem: string | null } {
  if (returned === undefined || returned === null) return { result: null, problem: null };
  try {
    const text = JSON.stringify(returned);
    if (text === undefined) return leftOut(`a ${typeof returned} has no JSON form`);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_RESULT_BYTES) return leftOut(`it has ${bytes} bytes of JSON; at most ${MAX_RESULT_BYTES} are kept`);
    const result: Result = JSON.parse(text);
    const problem = problemOf(result, 1);
    return problem === null ? { result, problem } : leftOut(problem);
  } catch {
    return leftOut('it has no JSON form');
  }
}

const leftOut = (problem: string) => ({ result: null, problem });

function problemOf(value: Result, depth: number): string | null {
  if (typeof value === 'string') return isKeepable(value) ? null : 'it holds a lone surrogate or NUL';
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH}`;
  for (const [key, inner] of Object.entries(value)) {
    if (!isKeepable(key) || key === '__proto__') return 'it has a key that cannot be kept';
    const problem = problemOf(inner, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

const isKeepable = (text: string) => text.isWellFormed() && !text.includes('\0');
