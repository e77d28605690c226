import type { ExplanationRequest, ProposedExplanation } from '../../ports/llm-client.ts';
import { databaseRules } from './database.ts';
import { httpRules } from './http.ts';
import { networkRules } from './network.ts';
import { processRules } from './process.ts';
import { look, type Rule, replay } from './rule.ts';

/** What is named by a code of its own comes before what is named by words alone. */
const rules: readonly Rule[] = [
  ...processRules.filter(({ name }) => ['no handler', 'poison', 'payload', 'disk', 'memory'].includes(name)),
  ...networkRules,
  ...databaseRules,
  ...httpRules,
  ...processRules.filter(({ name }) => !['no handler', 'poison', 'payload', 'disk', 'memory'].includes(name)),
];

/** The model of what is explained by rules, in results. Grows with them. */
export const RULES_MODEL = 'rules-1';

/**
 * What failures of known classes mean. Asks no one, and always answers: what it does not know it says so of, with the frame
 * to look at.
 */
export function explainByRules(request: ExplanationRequest): ProposedExplanation {
  const said = `${request.class}: ${request.message}`;
  for (const rule of rules) {
    const found = rule.pattern.exec(said)?.[0];
    if (found === undefined) continue;
    const { summary, cause, confidence, steps } = rule;
    return {
      summary,
      probableCause: `${cause} It is known by “${found}”.`,
      confidence,
      steps,
      restsOn: citations(request, found),
    };
  }
  const [frame] = request.frames;
  return {
    summary: `${request.handler === null ? 'Processing' : `The handler ${request.handler}`} failed with ${request.class}.`,
    probableCause: `No rule knows this failure. ${frame === undefined ? 'Its message says all that is known.' : `It was thrown ${frame}.`}`,
    confidence: 'low',
    steps: [
      look(
        frame === undefined
          ? 'Read the message, and the history of the event'
          : `Read the code at the first frame, ${frame}`,
      ),
      look('See whether events like it succeeded before, and what was deployed since'),
      replay('once the cause is corrected; discard the event if it never can be'),
    ],
    restsOn: citations(request, request.class),
  };
}

/** Where the words stand in the history, latest first, and the frame that the failure came from. */
function citations({ transitions, frames }: ExplanationRequest, found: string): ProposedExplanation['restsOn'] {
  const cited = transitions.findLast(({ text }) => text.includes(found));
  const [frame] = frames;
  return [
    ...(cited === undefined ? [] : [{ source: 'transition', revision: cited.revision, quote: found } as const]),
    ...(frame === undefined ? [] : [{ source: 'frame', revision: null, quote: frame } as const]),
  ];
}
