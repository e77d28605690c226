import type { ProposedExplanation } from '../../ports/llm-client.ts';

/** One class of failures that is known. */
export interface Rule {
  readonly name: string;
  /** Looked for in `class: message`; what it finds is what the explanation cites. */
  readonly pattern: RegExp;
  readonly summary: string;
  readonly cause: string;
  readonly confidence: ProposedExplanation['confidence'];
  readonly steps: ProposedExplanation['steps'];
}

export const look = (what: string, command: string | null = null) => ({ what, command, risk: 'none' }) as const;
export const change = (what: string, command: string | null = null) => ({ what, command, risk: 'low' }) as const;

const replayCommand =
  'curl -X POST "$EVENTOPS_URL/v1/events/<id>/replay" -H "Authorization: Bearer $EVENTOPS_TOKEN" -H "Content-Type: application/json" -d \'{"reason":"…"}\'';
/** The last step of most: the handler runs again. */
export const replay = (when: string) =>
  ({ what: `Replay the event ${when}`, command: replayCommand, risk: 'low' }) as const;
