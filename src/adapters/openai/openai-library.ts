import OpenAI from 'openai';

export interface OpenAiOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
  /** The guarded one: nothing is sent with another. */
  readonly fetch: typeof fetch;
}

/** The library, as it sends what is said here and nothing else. */
export function openAiLibrary({ apiKey, baseUrl, fetch: guarded }: OpenAiOptions): OpenAI {
  // It takes headers from the environment, too (OPENAI_CUSTOM_HEADERS).
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return new OpenAI({
    ...{ apiKey, baseURL: baseUrl, fetch: (input, init) => guarded(input, { ...init, headers }) },
    // Retries and deadlines are those of whoever asks; and the environment has no say.
    ...{ maxRetries: 0, organization: null, project: null, logLevel: 'off', adminAPIKey: null, webhookSecret: null },
  });
}
