import { AsyncLocalStorage } from 'node:async_hooks';
import { GoogleGenerativeAI, GoogleGenerativeAIFetchError, type Schema } from '@google/generative-ai';
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
let isGuarding = false;
function guardGlobalFetch(): void {
  if (isGuarding) return;
  isGuarding = true;
  const unguarded = globalThis.fetch;
  globalThis.fetch = (input, init) => (guardedWithin.getStore() ?? unguarded)(input, init);
}

/** Gemini, by the library that this project's users named, which is no longer developed: docs/adr/0066 says what follows it. */
export function createGeminiClient({ apiKey, baseUrl, model, fetch: guarded }: GeminiOptions): LlmClient {
  guardGlobalFetch();
  const library = new GoogleGenerativeAI(apiKey);
  return {
    provider: 'gemini',
    model,
    async explain({ system, user, schema }, signal) {
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
        const { response } = await guardedWithin.run(guarded, () => asked.generateContent(user, { signal }));
        const { promptTokenCount: inputTokens = 0, candidatesTokenCount: outputTokens = 0 } =
          response.usageMetadata ?? {};
        return { proposed: parsed(response.candidates?.[0]?.content?.parts?.[0]?.text), inputTokens, outputTokens };
      } catch (error) {
        throw failureOf(error);
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

/** Without the library's message, which holds the URL and what the server said. */
function failureOf(error: unknown): LlmFailed {
  const status = error instanceof GoogleGenerativeAIFetchError ? error.status : undefined;
  if (status === undefined) return new LlmFailed('no usable answer', { retryable: true, cause: error });
  return new LlmFailed(`it answers ${status}`, { retryable: status === 429 || status >= 500, cause: error });
}
