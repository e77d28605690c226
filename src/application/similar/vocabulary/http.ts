import type { Operation } from './operation.ts';

/** What other services answer, as a status of HTTP, a code of gRPC or a cloud, or in words. */
export const http: readonly Operation[] = [
  {
    name: 'not authenticated',
    isGeneral: true,
    kind: 'access',
    wordings: [
      /\b401\b|\bunauthori[sz]ed\b|\bunauthenticated\b|\bnot (?:authenticated|logged in|signed in)\b/,
      /\b(?:authentication|login|log ?in|log ?on|sign ?in) (?:is |was |has |attempt )*(?:required|failed|failure|needed|unsuccessful|rejected|refused|denied|error)\b/,
      /\b(?:invalid|wrong|bad|missing|incorrect|rejected|unknown|no)(?: \S+){0,2} (?:credentials?|api ?key|access key|client secret|bearer)\b/,
      /\b(?:credentials?|api ?key|access key|access token|client secret)\b(?: \S+){0,5} (?:invalid|wrong|rejected|not valid|not accepted|refused|revoked|unknown|missing|incorrect|not recogni[sz]ed)\b/,
      /\binvalid client ?token|\binvalid access key|\bsignature does not match\b(?=.*\b(?:key|aws)\b)/,
      /\bnot (?:accept|recogni[sz]e)(?: \S+){0,3} (?:credentials?|api ?key|key)\b/,
    ],
  },
  {
    name: 'wrong password',
    kind: 'access',
    wordings: [
      /\bpassword authentication failed\b|\b28p01\b|\bwrongpass\b|\bnoauth\b|\baccess denied for user\b|\ber access denied error\b/,
      /\b(?:wrong|bad|invalid|incorrect)(?: \S+){0,2} password\b|\bpassword\b(?: \S+){0,4} (?:wrong|incorrect|invalid|rejected|not (?:match|accepted)|mismatch)\b/,
      /\bsasl\b.*\b(?:fail|authentication|mechanism)|\b(?:login|authentication) failed for (?:user|role|login)\b|\bauth(?:entication)? fail(?:ed|ure)?\b.*\b(?:user|mongo|database|broker|smtp)\b/,
      /\b535\b|\busername and password not accepted\b/,
    ],
  },
  {
    name: 'token expired',
    kind: 'access',
    wordings: [
      /\b(?:token|jwt|session|ticket|access token|id token|refresh token|bearer|security token|login|grant)\b(?: \S+){0,5} (?:expired|expir\w+|timed out|lapsed|no longer valid|too old|past its|out of date)\b/,
      /\bexpired(?: \S+){0,2} (?:token|jwt|session|ticket|credentials?|grant|login)\b|\binvalid grant\b|\bexp claim\b|\bjwt expired\b/,
    ],
  },
  {
    name: 'signature invalid',
    wordings: [
      /\bsignatures?\b(?: \S+){0,5} (?:invalid|mismatch|(?:does|did|do) not (?:match|verify)|not (?:match|valid|verified)|verification failed|check failed|wrong|failed|incorrect|bad|differs?)\b/,
      /\b(?:invalid|bad|wrong|incorrect|mismatched|no valid|unverifiable)(?: \S+){0,2} (?:signature|hmac)\b|\b(?:signature|hmac) (?:mismatch|verification)\b|\b(?:hmac|digest) (?:does not|did not|mismatch)/,
      /\b(?:could not|cannot|failed to|unable to) (?:be )?verif(?:y|ied)(?: \S+){0,4} signature\b|\bno signatures? found matching\b/,
    ],
  },
  {
    name: 'not permitted',
    isGeneral: true,
    kind: 'access',
    wordings: [
      /\b403\b|\bforbidden\b|\baccess ?denied\b|\bpermission ?denied\b(?!.*\b(?:file|path|directory|folder|open|mkdir|unlink|scandir|table|relation|schema)\b)|\bnot (?:authori[sz]ed|permitted|allowed) to\b/,
      /\b(?:insufficient|missing|lacks?|lacking|without|inadequate|no)(?: \S+){0,3} (?:permissions?|privileges?|scopes?|rights|roles?|entitlements?)\b/,
      /\b(?:policy|role|account|user|principal|client|token|key)\b(?: \S+){0,4} (?:does not (?:allow|permit|have (?:the )?(?:permission|right|scope|role))|is not (?:allowed|authori[sz]ed|permitted)|may not|lacks)\b/,
      /\bunauthorized ?operation\b|\bexplicit deny\b|\bidentity based policy\b/,
    ],
  },
  {
    name: 'http not found',
    isGeneral: true,
    kind: 'missing',
    wordings: [
      /\b404\b|\bno ?such ?(?:key|bucket|entity|upload)\b|\bresource ?not ?found\b|\bpage not found\b|\broute not found\b|\bendpoint (?:was |could )?not (?:be )?found\b/,
      /\b(?:specified|requested) (?:key|object|bucket|resource|url|page)\b.*\b(?:not exist|not found|missing)\b|\b410\b|\bgone\b$/,
      /\b(?:object|bucket|blob|key)\b(?: \S+){0,4} (?:does not exist|not found|is missing|was not found|no longer exists)\b/,
    ],
  },
  {
    name: 'method not allowed',
    wordings: [
      /\b405\b|\bmethod(?: \S+){0,2} (?:is |was )?not (?:allowed|supported|permitted)\b|\b(?:only accepts?|does not (?:allow|accept|support)) (?:get|post|put|patch|delete)\b/,
    ],
  },
  {
    name: 'not acceptable',
    wordings: [
      /\b406\b|\b415\b|\bunsupported media type\b|\bnot acceptable\b|\bcontent type\b(?: \S+){0,6} (?:not supported|unsupported|not acceptable|not accepted|unknown|not understood|expected|refused)\b|\b(?:unsupported|unexpected|wrong|unknown) content type\b/,
    ],
  },
  {
    name: 'conflict',
    isGeneral: true,
    wordings: [
      /\b409\b|\bconflict(?:s|ed|ing)?\b(?!.*\b(?:lock|deadlock|merge|serializ))/,
      /\b412\b|\bprecondition failed\b|\bif match\b|\betag\b.*\b(?:mismatch|not match|changed|stale)\b/,
      /\bwrong ?expected ?version\b|\b(?:optimistic|stale|version)\b.*\b(?:lock|mismatch|conflict|object|state|outdated|concurr)|\bconcurren(?:t|cy)(?: \S+){0,3} (?:update|modification|write|edit|conflict|violation|exception)\b/,
      /\b(?:modified|changed|updated|edited)(?: \S+){0,3} (?:by another|by someone|concurrently|in the meantime|meanwhile|since (?:it was )?(?:read|loaded|fetched))\b/,
      /\bconditional ?check ?failed\b|\brow (?:was )?(?:updated|deleted) (?:or deleted )?by another transaction\b|\bexpected (?:version|revision)\b/,
      /\b(?:version|revision)\b.*\b(?:expected|but (?:is|was|found|has))\b/,
    ],
  },
  {
    name: 'payload too large',
    wordings: [
      /\b413\b|\b(?:payload|request|body|entity|message|record|content|upload|file|document|attachment|batch|event)\b(?: \S+){0,5} (?:too (?:large|big|long|heavy)|larger than|bigger than|exceeds?(?: \S+){0,3} (?:limit|size|maximum|bytes|max)|over(?:size|sized| the (?:limit|maximum)))\b/,
      /\brecord ?too ?large\b|\bmessage ?(?:size ?)?too ?(?:large|big)\b|\bmsg size too large\b|\bresource exhausted\b.*\bmessage larger\b|\bmax(?:imum)? (?:allowed )?(?:payload|message|body|request|document|packet|record|object|upload|file) (?:size|length)\b|\bmax allowed packet\b|\bgot a packet bigger\b|\bentity too large\b/,
    ],
  },
  {
    name: 'http request malformed',
    isGeneral: true,
    wordings: [/\b400\b|\bbad request\b|\bmalformed request\b|\brequest (?:is |was )?malformed\b/],
  },
  {
    name: 'unprocessable',
    isGeneral: true,
    kind: 'validation',
    wordings: [/\b422\b|\bunprocessable\b/],
  },
  {
    name: 'rate limited',
    wordings: [
      /\b429\b|\btoo many requests\b|\brate(?: \S+){0,2} (?:limit|exceeded)|\bratelimit\w*|\bthrottl\w+|\bslow ?down\b|\brequest ?limit ?exceeded\b|\bprovisioned ?throughput\b|\btoo many (?:calls|messages|api)\b/,
      /\brequests?(?: \S+){0,3} (?:per (?:second|minute|hour|day)|too (?:fast|often|quickly|frequent))\b|\b(?:calling|sending|asking)(?: \S+){0,3} too (?:fast|often|many|quickly)\b|\bretry after\b|\bburst (?:limit|capacity)\b/,
    ],
  },
  {
    name: 'quota exceeded',
    wordings: [
      /\bquota\b|\b(?:seats?|licen[cs]ed users|users|members)\b(?: \S+){0,6} (?:limit|exceeded|taken|reached|upgrade)\b|\b(?:seat|user|member|plan) limit\b|\b402\b|\bpayment required\b|\b(?:monthly|daily|plan|usage|spending|billing|account|hourly)(?: \S+){0,3} (?:limit|allowance|cap|budget|credits?)\b(?: \S+){0,3} (?:exceeded|reached|exhausted|used|hit|spent)?\b(?<=exceeded|reached|exhausted|used|hit|spent)/,
      /\b(?:used up|exceeded|exhausted|reached|ran out of|out of)(?: \S+){0,3} (?:credits?|allowance|(?:monthly|daily|plan|usage)(?: \S+){0,2})\b|\b(?:allowance|credits?|contingent)(?: \S+){0,4} (?:used up|exhausted|spent|consumed|run out)\b/,
    ],
  },
  {
    name: 'internal error of the other service',
    isGeneral: true,
    kind: 'server error',
    wordings: [
      /\b500\b|\binternal ?(?:server ?)?error\b|\bsomething went wrong on (?:our|their) (?:end|side)\b|\bgrpc\b.*\b13 internal\b/,
    ],
  },
  {
    name: 'bad gateway',
    kind: 'server error',
    wordings: [
      /\b502\b|\bbad gateway\b|\bupstream\b.*\b(?:invalid response|prematurely closed|connect error|sent (?:an )?invalid|broken)\b|\binvalid response from (?:the )?upstream\b/,
    ],
  },
  {
    name: 'service unavailable',
    isGeneral: true,
    kind: 'server error',
    wordings: [
      /\b503\b|\bservice(?: \S+){0,2} (?:is |was )?(?:temporarily |currently |now )*(?:unavailable|not available|down|overloaded|offline)\b|\btemporarily (?:unavailable|down|overloaded|out of service)\b|\b14 unavailable\b|\bunavailable\b.*\bgrpc\b|\bgrpc\b.*\bunavailable\b/,
      /\b(?:down for|under|undergoing|planned|scheduled) maintenance\b|\bmaintenance (?:mode|window)\b|\boverloaded\b|\bno (?:healthy|available) (?:upstream|backend|host|server|instance|endpoint)s?\b|\bserver(?: \S+){0,2} (?:too )?busy\b/,
    ],
  },
  {
    name: 'gateway timeout',
    kind: 'timeout',
    wordings: [
      /\b504\b|\bgateway time ?-?out\b|\bupstream (?:request |server )?(?:timed ?out|time ?out|did not (?:answer|respond))\b|\bgateway\b(?: \S+){0,6} (?:timed out|in time|timely)\b/,
    ],
  },
  {
    name: 'request timed out',
    isGeneral: true,
    kind: 'timeout',
    wordings: [
      /\bdeadline(?: \S+){0,2} (?:exceeded|passed|expired|missed|reached|was (?:exceeded|missed))\b|\bdeadline exceeded\b|\b408\b|\b4 deadline\b/,
      /\b(?:request|response|read|call|answer|reply|headers?|body|socket|operation|fetch|api|http|rpc|invocation)\b(?: \S+){0,6} (?:timed ?out|time ?out|etimedout|esockettimedout)\b/,
      /\b(?:timed? ?out|timeout)\b(?: \S+){0,5} (?:waiting|wait|response|reply|answer|request|reading|read|ms exceeded|exceeded|of)\b/,
      /\b(?:no|without|any)(?: an?)? (?:response|answer|reply)\b|\b(?:did|does|has) not (?:answer|respond|reply|responded|answered|replied)\b|\bnot (?:answered|responded)\b|\b(?:took|takes|taking) (?:too long|longer than|more than)\b|\besockettimedout\b|\bgave up waiting\b|\bund err (?:headers|body) timeout\b/,
      /\btimed out\b|\btime ?out\b|\btime limit\b|\b(?:longer|more) than the (?:allowed|permitted|configured)\b/,
      /\bnot (?:finish|complete|done|settle)\w*(?: \S+){0,4} (?:within|in time|in \S+ ?(?:s|ms|seconds))\b/,
    ],
  },
  {
    name: 'cancelled',
    isGeneral: true,
    wordings: [
      /\baborted\b(?!.*\b(?:connection|transaction)\b)|\babort ?error\b|\bcancel(?:l)?ed\b(?!.*\b(?:statement|query|subscription|order|booking|reservation)\b)|\b(?:request|operation|call|fetch)(?: \S+){0,3} (?:aborted|cancel+ed)\b|\b1 cancelled\b|\bclient closed request\b|\b499\b|\binterrupted before\b|\babort signal\b/,
    ],
  },
  {
    name: 'circuit open',
    wordings: [/\bcircuit\b|\bbreaker\b|\bfail(?:ing)? fast\b|\bshort circuited\b|\bbulkhead\b/],
  },
  {
    name: 'not implemented',
    isGeneral: true,
    wordings: [
      /\b501\b|\bnot (?:yet )?implemented\b|\bunimplemented\b|\bnot (?:yet )?supported\b(?!.*\b(?:media|content type|method|currency|protocol|codec|format|encoding)\b)/,
    ],
  },
  {
    name: 'csrf',
    wordings: [/\b[cx]srf\b|\bcross site request\b|\bforgery\b/],
  },
  {
    name: 'cors',
    wordings: [/\bcors\b|\bcross origin\b|\baccess control allow\b|\borigin\b(?: \S+){0,3} not allowed\b/],
  },
  {
    name: 'account locked',
    kind: 'access',
    wordings: [
      /\baccount\b(?: \S+){0,4} (?:locked|suspended|disabled|blocked|deactivated|frozen|closed)\b|\b(?:locked|suspended|disabled|blocked|deactivated) (?:account|user)\b|\buser\b(?: \S+){0,3} (?:locked out|suspended|deactivated|disabled|blocked)\b|\btoo many (?:failed )?(?:login|sign in|password) attempts\b|\blocked out\b/,
    ],
  },
  {
    name: 'second factor',
    kind: 'access',
    wordings: [
      /\b(?:otp|totp|mfa|2fa|two factor|multi factor|second factor|one time (?:code|password|passcode)|verification code|authenticator)\b/,
    ],
  },
];
