import type { Action } from './crash-points.ts';
import type { ActionsOf, Methods } from './port-actions.ts';
import type { Reach } from './reach.ts';

type Method = (...given: readonly unknown[]) => unknown;
/** `append` is what no single name stands for: whoever wraps the log replaces it by its own. */
type Names<Port> = { readonly [Name in keyof ActionsOf<Port>]: Action | 'append' | null };

/** A port's methods with the points before and after each that has a name. One that fails has no point after it. */
export function withPoints<Port extends object>(port: Port, names: Names<Port>, reach: Reach): Methods<Port> {
  const methods = Object.entries(names as Readonly<Record<string, Action | 'append' | null>>).map(([method, name]) => {
    const act = (port as Readonly<Record<string, Method>>)[method] as Method;
    const call: Method = (...given) => act.call(port, ...given);
    return [method, name === null || name === 'append' ? call : between(name, call, reach)] as const;
  });
  return Object.fromEntries(methods) as Methods<Port>;
}

const between =
  (name: Action, call: Method, reach: Reach): Method =>
  (...given) => {
    reach(`${name}.before`);
    const result = call(...given);
    if (!(result instanceof Promise)) {
      reach(`${name}.after`);
      return result;
    }
    return result.then((value: unknown) => {
      reach(`${name}.after`);
      return value;
    });
  };
