import { z } from 'zod';
import type { ExplanationRequest, ProposedExplanation } from '../ports/llm-client.ts';

const most = { summary: 300, cause: 1_000, step: 300, command: 300, quote: 300, steps: 6, citations: 6 } as const;

/** Text for people: what turns text around or moves a cursor is taken out, and the rest is cut. */
const plain = (length: number) =>
  z.string().transform((text) => {
    const clean = text
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]+/gu, ' ')
      .trim();
    return clean.length > length ? `${clean.slice(0, length - 1).toWellFormed()}…` : clean;
  });

const level = z.enum(['low', 'medium', 'high']);

/** What a model has to answer with. Whatever else it says is dropped. */
const answerSchema = z.object({
  summary: plain(most.summary),
  probableCause: plain(most.cause),
  confidence: level,
  steps: z.array(
    z.object({
      what: plain(most.step),
      command: plain(most.command).nullable(),
      risk: z.enum(['none', 'low', 'high']),
    }),
  ),
  restsOn: z.array(
    z.object({ source: z.enum(['transition', 'frame']), revision: z.int().min(0).nullable(), quote: z.string() }),
  ),
});

/** The same for the model, with what each part means. */
export const answerJsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['summary', 'probableCause', 'confidence', 'steps', 'restsOn'],
  properties: {
    summary: { type: 'string', description: 'One sentence: what failed.' },
    probableCause: {
      type: 'string',
      description: 'Why it probably failed. Quote error codes only if they are in the material.',
    },
    confidence: { type: 'string', enum: ['low', 'medium', 'high'] },
    steps: {
      type: 'array',
      description: `What to do, in order; at most ${most.steps}.`,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['what', 'command', 'risk'],
        properties: {
          what: { type: 'string' },
          command: { type: ['string', 'null'], description: 'A command to look or to correct, if there is one.' },
          risk: { type: 'string', enum: ['none', 'low', 'high'], description: 'none: it only looks.' },
        },
      },
    },
    restsOn: {
      type: 'array',
      description: 'What the cause rests on: parts of the material, copied to the letter.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['source', 'revision', 'quote'],
        properties: {
          source: { type: 'string', enum: ['transition', 'frame'] },
          revision: { type: ['integer', 'null'], description: 'Of the transition; null for a frame.' },
          quote: { type: 'string' },
        },
      },
    },
  },
} as const;

export type Checked =
  | { readonly ok: true; readonly explanation: ProposedExplanation }
  | { readonly ok: false; readonly why: string };

/**
 * What is left of an answer once it is checked: its shape, its lengths, and that each citation is where it is said to be. An
 * answer that cites nothing is none, and so is one that names codes which its citations do not contain: then it is not about
 * this failure.
 */
export function checkAnswer(proposed: unknown, request: ExplanationRequest): Checked {
  const parsed = answerSchema.safeParse(proposed);
  if (!parsed.success) return { ok: false, why: 'the answer does not have the shape that was asked for' };
  const { summary, probableCause, confidence, steps, restsOn } = parsed.data;
  if (summary === '' || probableCause === '') return { ok: false, why: 'the answer says nothing' };
  const cited = restsOn.flatMap((each) => citation(each, request)).slice(0, most.citations);
  if (cited.length === 0) return { ok: false, why: 'the answer cites nothing that is in the history or the stack' };
  const evidence = cited.map(({ quote }) => quote).join('\n');
  const unfounded = codesIn(probableCause).find((code) => !evidence.includes(code));
  if (unfounded !== undefined)
    return { ok: false, why: `the answer names ${unfounded}, which is in nothing that it cites` };
  const explanation = {
    ...{ summary, probableCause, confidence },
    steps: steps.filter(({ what }) => what !== '').slice(0, most.steps),
    restsOn: cited,
  };
  return { ok: true, explanation };
}

type Citation = ProposedExplanation['restsOn'][number];

function citation(
  { source, revision, quote }: Citation,
  { transitions, frames }: ExplanationRequest,
): readonly Citation[] {
  // Less than a word proves nothing.
  if (quote.trim().length < 3 || quote.length > most.quote) return [];
  const isThere =
    source === 'frame'
      ? frames.some((frame) => frame.includes(quote))
      : transitions.some((transition) => transition.revision === revision && transition.text.includes(quote));
  return isThere ? [{ source, revision: source === 'frame' ? null : revision, quote }] : [];
}

/** Error codes and statuses: what an explanation claims to have seen. */
const codesIn = (text: string): readonly string[] =>
  text.match(/\bE[A-Z]{4,}\b|\b(?:ERR|CERT|UND)_[A-Z_]+\b|\b[45]\d\d\b|\b[0-9A-Z]{2}P0\d\b/g) ?? [];
