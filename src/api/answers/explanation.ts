import { z } from 'zod';
import type { ExplanationView } from '../../projections/explanations/queries.ts';
import { time, times } from './times.ts';

const step = z.strictObject({
  what: z.string(),
  command: z.string().nullable(),
  risk: z.enum(['none', 'low', 'high']).describe('`none`: it only looks.'),
});

const citation = z.strictObject({
  source: z.enum(['transition', 'frame']),
  revision: z.int().min(0).nullable().describe('Of the transition, in the history of `eventId`; null for a frame.'),
  quote: z.string(),
});

export const explanationAnswer = z
  .strictObject({
    failureGroupId: z.guid(),
    eventId: z.guid().describe('The event whose failed attempt was looked at: this one, or another of its group.'),
    eventRevision: z.int().min(0).describe('The revision of that attempt.'),
    handlerVersion: z.string().nullable(),
    provider: z.string().describe('Who answered: `openai`, `gemini` or `rules`.'),
    model: z.string().nullable(),
    summary: z.string(),
    probableCause: z.string(),
    confidence: z.enum(['low', 'medium', 'high']),
    steps: z.array(step),
    restsOn: z.array(citation).describe('What it rests on, found in the history or the stack by the server.'),
    fallbacks: z
      .array(z.strictObject({ provider: z.string(), why: z.string() }))
      .describe('Who was to answer before, and why they did not.'),
    cost: z.strictObject({ calls: z.int().min(0), inputTokens: z.int().min(0), outputTokens: z.int().min(0) }),
    redactions: z
      .record(z.string(), z.int().min(0))
      .describe('What was replaced before anyone was asked, by kind, and how often.'),
    promptHash: z.string(),
    promptVersion: z.int().min(0),
    createdAt: time,
  })
  .meta({ id: 'Explanation', description: `Why a failure probably happened, and what to do. ${times}` });

export const explanationInShort = z
  .strictObject({
    summary: z.string(),
    probableCause: z.string(),
    confidence: z.enum(['low', 'medium', 'high']),
    provider: z.string(),
  })
  .meta({ id: 'ExplanationInShort', description: 'What failed, why it probably did, and who says so.' });

export const shortExplanationJson = ({
  summary,
  probableCause,
  confidence,
  provider,
}: Readonly<Record<keyof z.input<typeof explanationInShort>, string>>) => ({
  summary,
  probableCause,
  confidence,
  provider,
});

/** Written by a model or by rules: text for people, which is data wherever it is shown. */
export const explanationJson = ({ groupId, request: _, ...explanation }: ExplanationView) => ({
  failureGroupId: groupId,
  ...explanation,
});

export const exampleExplanation = {
  failureGroupId: '3c1f0a52-7d2e-8b41-9a76-2f5f0c6b1d10',
  eventId: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
  eventRevision: 13,
  handlerVersion: '1',
  provider: 'rules',
  model: 'rules-1',
  summary: 'The other side failed.',
  probableCause: 'It is down, overloaded or being deployed, or fails on this request. It is known by “answers 503”.',
  confidence: 'medium',
  steps: [{ what: 'See in its logs what failed at that time', command: null, risk: 'none' }],
  restsOn: [{ source: 'transition', revision: 13, quote: 'answers 503' }],
  fallbacks: [{ provider: 'openai', why: 'no answer within 10000 ms' }],
  cost: { calls: 1, inputTokens: 0, outputTokens: 0 },
  redactions: { 'e-mail': 1 },
  promptHash: '5b1c4f0e9a6d2f3b8c7e1d0a4f6b9c2e5d8a1b3c7f0e4d6a9b2c5f8e1d3a7b0c',
  promptVersion: 1,
  createdAt: '2030-01-31T12:05:00.000Z',
};
