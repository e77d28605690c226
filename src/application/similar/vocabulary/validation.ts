import type { Operation } from './operation.ts';

/** What checks of payloads say: zod, ajv, Joi, and validation by hand. */
export const validation: readonly Operation[] = [
  {
    name: 'field missing',
    isGeneral: true,
    kind: 'validation',
    wordings: [
      /\b(?:must have|missing|lacks?|lacking|without|no)(?: \S+){0,2} (?:required )?(?:property|properties|field|fields|attribute|argument|parameter|key|element)\b|\brequired (?:property|field|parameter|attribute|argument|value|element|key)\b|\b(?:field|property|parameter|attribute|argument|value|\w+ id|it)\b(?: \S+){0,3} (?:is |was )?(?:required|missing|mandatory|absent|not (?:given|provided|supplied|present|specified|filled))\b|\bis (?:required|mandatory)\b|^required$|\breceived undefined\b|\bmust not be (?:empty|blank)\b|\bcannot be (?:blank|empty)\b|\bshould not be empty\b|\bmay not be (?:blank|empty)\b|\bis missing\b/,
    ],
  },
  {
    name: 'wrong type of field',
    kind: 'validation',
    wordings: [
      /\bexpected(?: \S+){0,4} (?:string|number|boolean|object|array|integer|date|null|bool|list)\b.*\b(?:received|got|found|but|was|given)\b|\bmust be (?:a |an |of type )*(?:string|number|boolean|object|array|integer|bool|list|whole number)\b|\binvalid type\b|\b(?:wrong|incorrect|unexpected|mismatched) (?:data )?type\b|\btype mismatch\b|\bshould be (?:a |an |of type )*(?:string|number|boolean|object|array|integer|bool|list)\b|\bis not (?:a |an )?(?:string|number|boolean|object|array|integer|list)\b|\binvalid arg(?:ument)? type\b|\b(?:a|the) (?:string|number|text)\b.*\b(?:where|instead of|was expected|is expected)\b/,
    ],
  },
  {
    name: 'not one of the values',
    kind: 'validation',
    wordings: [
      /\b(?:must|should) be (?:equal to )?one of\b|\b(?:invalid|unknown|unsupported|unexpected)(?: \S+){0,2} (?:enum|option|variant|discriminator)\b|\binvalid option\b|\bexpected one of\b|\bnot (?:one )?of the (?:allowed|permitted|known|accepted|possible|listed)\b|\b(?:allowed|permitted|accepted|valid|possible|known) (?:values?|options)\b|\benum\b|\bnot an? (?:allowed|accepted|permitted|known|valid) (?:value|option|choice)\b|\b(?:value|choice)\b(?: \S+){0,4} not (?:allowed|in the list|among)\b/,
    ],
  },
  {
    name: 'unknown field',
    isGeneral: true,
    kind: 'validation',
    wordings: [
      /\badditional propert\w+|\bunrecogni[sz]ed (?:key|field|property|argument|parameter)s?\b|\b(?:unknown|unexpected|extra|extraneous|superfluous|undeclared) (?:key|field|property|properties|argument|parameter|attribute|keyword)s?\b|\b(?:is not|not) (?:an? )?(?:allowed|known|declared) (?:field|property|key)\b|\bnot (?:allowed|known) (?:here|by the schema|in the schema)\b/,
    ],
  },
  {
    name: 'pattern not matched',
    isGeneral: true,
    kind: 'validation',
    wordings: [
      /\bmust match (?:the )?(?:pattern|format|regular|\S+ format)\b|\b(?:does|did) not match (?:the )?(?:pattern|format|expected (?:format|pattern)|required (?:format|pattern))\b|\binvalid (?:format|string|pattern)\b|\b(?:wrong|bad|unexpected) format\b|\bnot (?:in )?(?:the )?(?:right|correct|expected|valid|required) format\b/,
    ],
  },
  {
    name: 'too small or large',
    isGeneral: true,
    kind: 'validation',
    wordings: [
      /\bmust be (?:at least|at most|>|<|>=|<=|greater|less|more|positive|between|no more|above|below|non ?negative|shorter|longer)\b|\btoo (?:small|short|few)\b|\bmust (?:not )?(?:have|contain|be) (?:at least|at most|more than|fewer than|less than)\b|\b(?:minimum|maximum) (?:of|length|value|is)\b|\b(?:less|greater|lower|higher|more|fewer) than (?:the )?(?:minimum|maximum|or equal|allowed)\b|\bmust not (?:exceed|be negative)\b|\bnegative\b|\bexpected(?: \S+){0,3} to be (?:>|<|>=|<=|at least|at most)/,
    ],
  },
  {
    name: 'e mail address invalid',
    wordings: [
      /\b(?:invalid|malformed|bad|not a valid|not a|illegal|wrong|undeliverable)(?: \S+){0,2} e ?mail\b|\be ?mail(?: address)?\b(?: \S+){0,4} (?:invalid|malformed|not valid|not a valid|not deliverable|is not|does not|syntax|bad|illegal)\b|\brecipient(?: \S+){0,3} (?:invalid|malformed|syntax)\b/,
    ],
  },
  {
    name: 'phone number invalid',
    isGeneral: true,
    wordings: [/\b(?:phone|mobile|msisdn|telephone|e ?164|sms)\b/],
  },
  {
    name: 'uuid invalid',
    kind: 'validation',
    wordings: [
      /\binvalid (?:uuid|guid|id|identifier|object ?id)\b|\b(?:uuid|guid)\b(?: \S+){0,4} (?:invalid|malformed|not valid|syntax|badly formed)\b|\bnot a (?:valid )?(?:uuid|guid)\b|\bmalformed (?:uuid|guid|id|identifier)\b/,
    ],
  },
];
