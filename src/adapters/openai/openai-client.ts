import OpenAI from 'openai';
import { failureOfModel } from '../../application/explaining/failure-of-model.ts';
import type { LlmClient } from '../../application/ports/llm-client.ts';
import { type OpenAiOptions, openAiLibrary } from './openai-library.ts';

/** Longer answers are cut off by the model, and then are no JSON. */
const MOST_TOKENS = 1_500;

/** OpenAI's chat completions with structured output, as gateways and servers of local models speak them, too. */
export function createOpenAiClient(options: OpenAiOptions): LlmClient {
  const client = openAiLibrary(options);
  const { model } = options;
  return {
    provider: 'openai',
    model,
    async explain({ system, user, schema }, signal) {
      try {
        const { choices, usage } = await client.chat.completions.create(
          {
            model,
            messages: [
              { role: 'system', content: system },
              { role: 'user', content: user },
            ],
            max_completion_tokens: MOST_TOKENS,
            response_format: { type: 'json_schema', json_schema: { name: 'explanation', strict: true, schema } },
          },
          { signal },
        );
        const inputTokens = usage?.prompt_tokens ?? 0;
        const outputTokens = usage?.completion_tokens ?? 0;
        return { proposed: parsed(choices?.[0]?.message?.content), inputTokens, outputTokens };
      } catch (error) {
        throw failureOfModel(error, error instanceof OpenAI.APIError ? error.status : undefined);
      }
    },
  };
}

/** What is no JSON is handed on as nothing, which no check lets pass. */
function parsed(content: string | null | undefined): unknown {
  try {
    return JSON.parse(content ?? 'null');
  } catch {
    return null;
  }
}
