import type { Operation } from './operation.ts';

/** Payments, orders and what else handlers of events are commonly about. */
export const business: readonly Operation[] = [
  {
    name: 'payment declined',
    kind: 'payment',
    wordings: [
      /\b(?:card|payment|charge|transaction|bank|issuer)\b(?: \S+){0,5} (?:declined?|do not honou?r|refused|rejected|not honou?red|denied|turned down)\b|\bdeclin(?:ed|es)\b(?: \S+){0,5} (?:card|payment|charge|transaction|bank|issuer)\b|\bcard ?declined\b|\bdo ?not ?honou?r\b|\bgeneric decline\b/,
    ],
  },
  {
    name: 'insufficient funds',
    kind: 'payment',
    wordings: [
      /\b(?:insufficient|not enough|no|low|lack(?:s|ing)? (?:of )?|inadequate)(?: \S+){0,2} (?:funds?|balance|money|credit)\b|\b(?:balance|account|wallet)\b(?: \S+){0,4} (?:too low|insufficient|not (?:sufficient|enough|cover)|overdrawn|negative|does not cover|below)\b|\boverdr(?:aw|aft|awn)\w*|\bnsf\b|\bfunds\b(?: \S+){0,3} (?:insufficient|missing|not available|unavailable)\b/,
    ],
  },
  {
    name: 'card expired',
    kind: 'payment',
    wordings: [
      /\bcard\b(?: \S+){0,5} (?:expired|expir\w+|past its|no longer valid|out of date)\b|\bexpired ?card\b|\bexpiration (?:month|year|date)\b|\bexpiry (?:month|year|date)\b/,
    ],
  },
  {
    name: 'card data wrong',
    kind: 'payment',
    wordings: [
      /\bcv[cv]2?\b|\bsecurity code\b|\bincorrect (?:card )?number\b|\binvalid card\b|\bcard number\b|\bluhn\b|\bavs\b/,
    ],
  },
  {
    name: 'payer authentication',
    kind: 'payment',
    wordings: [
      /\b3 ?d ?s(?:ecure)?\b|\bstrong customer authentication\b|\bsca\b|\brequires action\b|\bauthentication required\b(?=.*\b(?:payment|card|bank)\b)|\bcardholder\b|\bcustomer (?:must|has to) (?:confirm|authenticate)\b/,
    ],
  },
  {
    name: 'fraud suspected',
    isGeneral: true,
    wordings: [
      /\bfraud\w*|\brisk (?:score|level|check|engine)\b|\bsuspicious\b|\bsanction\w*|\bkyc\b|\baml\b|\bidentity verification\b|\bwatch ?list\b/,
    ],
  },
  {
    name: 'refund too large',
    isGeneral: true,
    wordings: [
      /\brefund\w*|\bcharge ?back\b|\bdisputed?\b|\bamount\b(?: \S+){0,5} (?:captured|remaining|already refunded)\b/,
    ],
  },
  {
    name: 'currency',
    isGeneral: true,
    wordings: [
      /\bcurrenc(?:y|ies)\b|\bexchange rates?\b|\bfx\b|\biso 4217\b|\bconversion rate\b|\bcannot convert\b(?=.*\brate\b)|\brate (?:is )?(?:missing|unavailable|unknown)\b/,
    ],
  },
  {
    name: 'tax',
    isGeneral: true,
    wordings: [/\btax\b|\bvat\b|\btax (?:id|rate|code)\b/],
  },
  {
    name: 'bank account invalid',
    wordings: [
      /\biban\b|\bbic\b|\bsepa\b|\bswift\b|\brouting number\b|\bsort code\b|\bmandate\b|\bdirect debit\b|\bbank account\b/,
    ],
  },
  {
    name: 'out of stock',
    wordings: [
      /\b(?:out of|no|insufficient|not enough|in|low|zero) (?:\S+ ){0,1}(?:stock|inventory)\b|\b(?:stock|inventory)\b(?: \S+){0,5} (?:insufficient|empty|exhausted|depleted|too low|not (?:available|enough|sufficient)|exceeded|zero|shortage)\b|\b(?:sold out|backordered|back order|oversold|unavailable quantity)\b|\b(?:item|product|sku|article|units?|pieces?|quantity)\b(?: \S+){0,6} (?:not (?:available|in stock|enough)|unavailable|sold out|left|available|on hand|in (?:the )?warehouse)\b/,
    ],
  },
  {
    name: 'product unknown',
    isGeneral: true,
    kind: 'missing',
    wordings: [
      /\b(?:unknown|no such|invalid|nonexistent|unrecogni[sz]ed) (?:sku|product|article|item|variant|catalog\w*)\b|\b(?:sku|product|article|variant)\b(?: \S+){0,4} (?:not found|does not exist|unknown|discontinued|not in (?:the )?catalog\w*|no longer sold)\b/,
    ],
  },
  {
    name: 'customer unknown',
    isGeneral: true,
    kind: 'missing',
    wordings: [
      /\b(?:unknown|no such|nonexistent|unrecogni[sz]ed) (?:customer|user|account|member|tenant|subscriber|contact)\b|\bno (?:customer|user|account|member|tenant|subscriber|contact)\b|\b(?:customer|user|account|member|tenant|subscriber|contact)\b(?: \S+){0,4} (?:not found|does not exist|unknown|no longer exists|was deleted|could not be found|cannot be found)\b/,
    ],
  },
  {
    name: 'order unknown',
    isGeneral: true,
    kind: 'missing',
    wordings: [
      /\b(?:unknown|no such|nonexistent) (?:order|invoice|booking|shipment|payment|cart|reservation)\b|\bno (?:order|invoice|booking|shipment|cart|reservation)\b|\b(?:order|invoice|booking|shipment|cart|reservation)\b(?: \S+){0,4} (?:not found|does not exist|unknown|no longer exists|was deleted|could not be found|cannot be found)\b/,
    ],
  },
  {
    name: 'coupon',
    wordings: [/\b(?:coupon|voucher|promo(?:tion)?(?:al)? code|discount code|gift card)\b/],
  },
  {
    name: 'address undeliverable',
    isGeneral: true,
    wordings: [
      /\b(?:postal|shipping|delivery|street|billing) address\b|\baddress\b(?: \S+){0,4} (?:undeliverable|not deliverable|could not be (?:verified|geocoded|validated)|ambiguous|not recogni[sz]ed|incomplete)\b|\b(?:zip|postal|post) ?code\b|\bgeocod\w+|\bno (?:shipping|delivery) (?:rate|method|option|service)s?\b|\bdoes not (?:ship|deliver) to\b|\bcarrier\b|\bshipping (?:zone|label)\b|\btracking number\b|\bundeliverable\b/,
    ],
  },
  {
    name: 'subscription ended',
    wordings: [
      /\bsubscriptions?\b(?: \S+){0,5} (?:ended|expired|cancel+ed|inactive|not active|lapsed|past due|paused|suspended|terminated)\b|\btrial (?:period )?(?:has )?(?:ended|expired|over)\b|\blicen[cs]e\b(?: \S+){0,4} (?:expired|invalid|exceeded|seats?|limit)\b|\bno active (?:subscription|plan|licen[cs]e)\b/,
    ],
  },
  {
    name: 'booking taken',
    wordings: [
      /\b(?:slot|seat|room|appointment|time|table|booking|reservation)\b(?: \S+){0,5} (?:already (?:booked|taken|reserved)|overlap\w*|double ?book\w*|no longer available|fully booked|not free)\b|\boverlap(?:s|ping)?\b|\bdouble ?book\w*/,
    ],
  },
  {
    name: 'ledger unbalanced',
    wordings: [
      /\b(?:ledger|debits?|credits?|journal|double entry|unbalanced|does not balance|totals?|sum)\b(?: \S+){0,6} (?:balance|equal|match|differ|unbalanced|mismatch|add up|zero)\b|\bamounts? (?:do(?:es)? not|mismatch)\b|\breconcil\w+/,
    ],
  },
  {
    name: 'model of language',
    isGeneral: true,
    wordings: [
      /\bcontext (?:length|window)\b|\bmax(?:imum)? tokens\b|\b(?:number of|input|prompt|output) tokens?\b|\btokens? (?:count|allowed)\b|\btokens\b(?=.*\b(?:maximum|limit|exceeds?)\b)|\bprompt\b|\bllm\b|\bcontent (?:filter|policy)\b|\bmoderation\b|\bembedding\b/,
    ],
  },
];
