import { defineConfig, NonRetryableError } from 'eventops';

const isDying = process.env['BENCH_DYING'] === 'true';

// A handler that costs nothing: what is measured is the way through the system.
export default defineConfig({
  handlers: {
    'bench.*': {
      handle: async ({ payload }) => {
        if (isDying) dieAtTimes((payload as { readonly id: string }).id);
        return { done: true };
      },
    },
  },
});

/** One in sixteen; the second digit says which of a few failures it is: only letters make them differ. */
function dieAtTimes(id: string): void {
  if (id.startsWith('0')) throw new NonRetryableError(`order has no lines of kind ${id[1]}`);
}
