import { defineConfig, NonRetryableError } from 'eventops';

interface Told {
  /** What the error says; without it the event is processed. */
  readonly error?: string;
  /** Whether a replay succeeds. */
  readonly isRepaired?: boolean;
}

/** Does what the payload tells it. */
export default defineConfig({
  handlers: {
    '*': {
      handle: ({ payload, generation }) => {
        const { error, isRepaired } = payload as Told;
        if (error === undefined || (isRepaired === true && generation > 0)) return;
        throw new NonRetryableError(error);
      },
    },
  },
});
