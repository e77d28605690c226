import { AsyncLocalStorage } from 'node:async_hooks';
import { GoogleGenerativeAI, GoogleGenerativeAIFetchError, type Schema } from '@google/generative-ai';
import { failureOfModel } from '../../application/explaining/failure-of-model.ts';
import { type LlmClient, LlmFailed } from '../../application/ports/llm-client.ts';

interface GeminiOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
  /** The guarded one: nothing is sent with another. */
  readonly fetch: typeof fetch;
}

const MOST_TOKENS = 1_500;

/** The library takes no `fetch`, only the global one: within a request of ours, and nowhere else, that is the guarded one. */
const guardedWithin = new AsyncLocalStorage<typeof fetch>();
let guarding: typeof fetch | null = null;
function guardGlobalFetch(): void {
  if (guarding !== null) return;
  const unguarded = globalThis.fetch;
  guarding = (input, init) => (guardedWithin.getStore() ?? unguarded)(input, init);
  globalThis.fetch = guarding;
}

/** Gemini, by the library that this project's users named, which is no longer developed: docs/adr/0066 says what follows it. */
export function createGeminiClient({ apiKey, baseUrl, model, fetch: guarded }: GeminiOptions): LlmClient {
  guardGlobalFetch();
  const library = new GoogleGenerativeAI(apiKey);
  return {
    provider: 'gemini',
    model,
    async explain({ system, user, schema }, signal) {
      // Whoever replaced it since may do so without ours, and the key would go past the guard.
      if (globalThis.fetch !== guarding)
        throw new LlmFailed('fetch was replaced, so that nothing guards it', { retryable: false });
      // The library keeps the message of what a `fetch` throws, and nothing else.
      let ofGuard: unknown = null;
      const noting: typeof fetch = (input, init) =>
        guarded(input, init).catch((error: unknown) => {
          ofGuard = error;
          throw error;
        });
      try {
        const asked = library.getGenerativeModel(
          {
            model,
            systemInstruction: system,
            generationConfig: {
              responseMimeType: 'application/json',
              responseSchema: schemaOf(schema) as Schema,
              maxOutputTokens: MOST_TOKENS,
            },
          },
          { baseUrl },
        );
        const { response } = await guardedWithin.run(noting, () => asked.generateContent(user, { signal }));
        const { promptTokenCount: inputTokens = 0, candidatesTokenCount: outputTokens = 0 } =
          response.usageMetadata ?? {};
        return { proposed: parsed(response.candidates?.[0]?.content?.parts?.[0]?.text), inputTokens, outputTokens };
      } catch (error) {
        const status = error instanceof GoogleGenerativeAIFetchError ? error.status : undefined;
        throw failureOfModel(ofGuard ?? error, status);
      }
    },
  };
}

/** JSON Schema in the part of OpenAPI's that Gemini knows: no `additionalProperties`, and `nullable` for null. */
function schemaOf(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(schemaOf);
  if (typeof given !== 'object' || given === null) return given;
  const { additionalProperties: _, type, ...rest } = given as Readonly<Record<string, unknown>>;
  const others = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, schemaOf(value)]));
  if (!Array.isArray(type)) return type === undefined ? others : { type: schemaOf(type), ...others };
  return { type: type.find((each) => each !== 'null'), nullable: type.includes('null'), ...others };
}

function parsed(content: string | undefined): unknown {
  try {
    return JSON.parse(content ?? 'null');
  } catch {
    return null;
  }
}
