/**
 * Keeps a handler from changing what all code shares: nothing can be added to the built-in prototypes, and built-in
 * constructors, `JSON`, `Math` and `Reflect` cannot be replaced. To be called once everything is loaded: what packages add
 * as they are imported is left alone. Methods that exist on prototypes stay writable, because plain assignments to
 * objects that inherit them (`error.toString = …`) would fail otherwise.
 */
export function lockGlobals(): void {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor === undefined || !isBuiltIn(name)) continue;
    const value: unknown = descriptor.value;
    if (descriptor.configurable && 'value' in descriptor)
      Object.defineProperty(globalThis, name, { ...descriptor, writable: false, configurable: false });
    if (typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null)
      Object.preventExtensions(value.prototype);
  }
  for (const namespace of [JSON, Math, Reflect, Atomics]) Object.freeze(namespace);
}

const isBuiltIn = (name: string) =>
  /^(Object|Function|Array|String|Number|Boolean|Symbol|BigInt|Promise|Map|Set|WeakMap|WeakSet|WeakRef|Date|RegExp|Proxy|JSON|Math|Reflect|Atomics|ArrayBuffer|SharedArrayBuffer|DataView|\w*Array|\w*Error|FinalizationRegistry|Iterator|AsyncIterator)$/.test(
    name,
  );
