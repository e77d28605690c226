import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** Loaded before everything else: writes down what is loaded of OpenTelemetry, and of ours for it, in a file. */
const file = process.env['MODULES_RECORDED_IN'] ?? '';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const [, found] =
      /(?:node_modules\/|src\/adapters\/)(@opentelemetry\/[^/]+|tracing\/[^/]+)/.exec(resolved.url) ?? [];
    if (found !== undefined) appendFileSync(file, `${found}\n`);
    return resolved;
  },
});
