/** `at async Object.handle (…/examples/orders.ts:12:5)`, or the same without a function. */
const frame = /^\s*at (?:(?:async )?(?<fn>[^(]+?) \((?<where>[^)]*)\)|(?:async )?(?<bare>\S+))\s*$/;
const position = /(?::\d+){1,2}$/;
/** What calls handlers: whatever follows is not the user's. */
const caller = 'invokeHandler';

/**
 * The frames of the user's own code in a stack, innermost first, as `function file`. Without lines and columns, which every
 * edit moves; without packages and Node.js; and without what called the handler.
 */
export function framesOf(stack: string | null): readonly string[] {
  const frames: string[] = [];
  for (const line of stack?.split('\n') ?? []) {
    const { fn, where, bare } = frame.exec(line)?.groups ?? {};
    const place = (where ?? bare)?.replace(position, '');
    if (place === undefined) continue;
    if (fn === caller) return frames;
    if (/^node:|^native$|^<anonymous>$|^internal\/|node_modules/.test(place)) continue;
    const name =
      fn?.replace(/^(?:new |Object\.|Module\.|Function\.)+/, '').replaceAll(/\d+/g, '<number>') ?? '<anonymous>';
    frames.push(`${name} ${lastParts(place)}`);
  }
  return frames;
}

/** The folder and the file, wherever the code lies on a machine. */
const lastParts = (place: string) =>
  place
    .replace(/\?.*$/, '')
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '…')
    .slice(-2)
    .join('/');
