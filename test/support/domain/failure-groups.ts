import { FINGERPRINT_VERSION } from '../../../src/domain/failure-group/fingerprint.ts';
import type { Explanation, TransitionData } from '../../../src/domain/failure-group/transitions.ts';

export const ofGroup: TransitionData<'FailureGroupOpened'> = {
  class: 'TypeError',
  containing: null,
  fingerprintVersion: FINGERPRINT_VERSION,
  frames: ['ship orders/ship.ts'],
  handler: 'order.placed',
  message: 'order <id> has no lines',
  splitFrom: null,
};

export const explanation: Explanation = {
  confidence: 'high',
  cost: { calls: 0, inputTokens: 0, outputTokens: 0 },
  eventId: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
  eventRevision: 2,
  fallbacks: [],
  handlerVersion: '1',
  model: 'rules-1',
  probableCause: 'The order was sent without lines.',
  promptHash: 'a'.repeat(64),
  promptVersion: 1,
  provider: 'rules',
  redactions: {},
  request: null,
  restsOn: [{ quote: 'has no lines', revision: 2, source: 'transition' }],
  steps: [{ command: null, risk: 'none', what: 'Look at the order' }],
  summary: 'An order has no lines.',
};
