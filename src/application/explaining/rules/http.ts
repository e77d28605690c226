import { change, look, type Rule, replay } from './rule.ts';

/** A status of HTTP, as messages name it: after a word for an answer, or before its own reason phrase. */
const status = (codes: string, phrase: string) =>
  new RegExp(
    `\\b(?:(?:status(?: ?code)?|http(?:\\/\\d(?:\\.\\d)?)?|answer(?:s|ed)?|return(?:s|ed)?|respon(?:ds|ded|se)|fail(?:s|ed)|got|received|rejected|said|code|error)(?:[ :=]+(?:with|code|status|is|was|a|an|of))*[ :=(]*(?:${codes})\\b|(?:${codes}) (?:${phrase})\\b|(?:${phrase})\\b)`,
    'i',
  );

/** Answers of other servers. */
export const httpRules: readonly Rule[] = [
  {
    name: '401',
    pattern: status(
      '401',
      'unauthorized|unauthenticated|invalid (?:api key|token|credentials)|(?:token|jwt|session) (?:has )?expired|authentication failed|password authentication failed|bad credentials|access denied for user',
    ),
    summary: 'The other side did not accept who we are.',
    cause: 'The token, key or password that the handler sends is missing, wrong, expired or revoked.',
    confidence: 'high',
    steps: [
      look('See until when the credential is valid, and whether it was exchanged'),
      change('Give the handler a valid credential'),
      replay('once the credential is accepted'),
    ],
  },
  {
    name: '403',
    pattern: status(
      '403',
      'forbidden|permission denied|access denied|not authori[sz]ed|insufficient (?:permissions?|scope|privileges?)|EACCES|EPERM|operation not permitted',
    ),
    summary: 'What the handler asked for is not allowed to it.',
    cause: 'The credential is known, and lacks a permission for this action or this object.',
    confidence: 'high',
    steps: [
      look('See which permission the action needs, and what the credential has'),
      change('Grant the permission, or use a credential that has it'),
      replay('once it is granted'),
    ],
  },
  {
    name: '429',
    pattern: status(
      '429',
      'too many requests|rate limit(?:ed| exceeded| reached)?|quota exceeded|throttl(?:ed|ing)|slow down|over (?:the )?quota|SlowDown|ThrottlingException',
    ),
    summary: 'The other side takes no more requests for now.',
    cause: 'More requests were sent than it allows in a while, by this handler or by others with the same credential.',
    confidence: 'high',
    steps: [
      look('See how many requests are sent, and what the limit is'),
      change('Let the retry policy wait longer, or ask for a higher limit'),
      replay('at a lower rate'),
    ],
  },
  {
    name: '404',
    pattern: status(
      '404|410',
      'not found|no such (?:key|object|resource|order|customer|user|item|record|bucket|queue|table|index|topic)|does(?: not|n.t) exist|unknown (?:customer|order|user|product|resource|id)|no longer exists|\\bgone\\b',
    ),
    summary: 'What the handler looked for is not there.',
    cause:
      'The object was never created, was deleted, or is created later than this event was processed; or the address of the interface is wrong.',
    confidence: 'medium',
    steps: [
      look('See in the history of the event which object it names, and whether that exists by now'),
      change('Create what is missing, or correct the address'),
      replay('once it is there; discard the event if it never will be'),
    ],
  },
  {
    name: '409',
    pattern: status(
      '409|412',
      'conflict|precondition failed|version mismatch|stale (?:object|version|revision)|optimistic lock(?:ing)?(?: failure)?|was (?:changed|modified|updated) by another|concurrent (?:modification|update)',
    ),
    summary: 'What the handler wants to change was changed by others.',
    cause: 'Two writers work on the same object, or this event was carried out before.',
    confidence: 'medium',
    steps: [
      look('See whether the work was already done by an earlier attempt'),
      change('Make the handler read the object again before it writes'),
      replay('if the work was not done'),
    ],
  },
  {
    name: '422',
    pattern: status('422|400', 'unprocessable (?:entity|content)|bad request|malformed request|invalid request'),
    summary: 'The other side does not accept what the handler sent.',
    cause: 'The request lacks a field or holds a value that the other side refuses; retrying it changes nothing.',
    confidence: 'high',
    steps: [
      look('Compare what the handler sends with what the other side asks for'),
      change('Correct the handler, or the data that the event names'),
      replay('once it is corrected; discard the event if its payload is wrong'),
    ],
  },
  {
    name: '413',
    pattern: status(
      '413',
      'payload too large|content too large|request entity too large|body exceeded|message too (?:large|long)|EMSGSIZE|exceeds the maximum (?:size|length)',
    ),
    summary: 'What the handler sent is larger than the other side takes.',
    cause: 'The payload, or what is made of it, exceeds a limit of size.',
    confidence: 'high',
    steps: [
      look('See how large it is, and what the limit is'),
      change('Send less at a time, or raise the limit'),
      replay('once it fits'),
    ],
  },
  {
    name: '5xx',
    pattern: status(
      '5\\d\\d',
      'internal server error|bad gateway|service (?:is )?(?:temporarily )?unavailable|gateway time-?out|temporarily unavailable|server (?:error|is overloaded|is busy)|under maintenance',
    ),
    summary: 'The other side failed.',
    cause: 'It is down, overloaded or being deployed, or fails on this request.',
    confidence: 'medium',
    steps: [
      look('See whether other events that need it succeed: if so, it fails on this one'),
      look('See in its logs what failed at that time'),
      replay('once it answers'),
    ],
  },
];
