import type { Operation } from './operation.ts';

/** Brokers, mail, webhooks, files on other machines, schedulers. */
export const messaging: readonly Operation[] = [
  {
    name: 'leader not available',
    wordings: [
      /\bleader not available\b|\bno leader\b|\bnot leader for partition\b|\bnot ?(?:the )?leader\b(?=.*\bpartition\b)|\bleaderless\b|\bleader election\b|\bpartition\b(?: \S+){0,5} leader\b/,
    ],
  },
  {
    name: 'consumer group',
    wordings: [
      /\brebalanc\w+|\bconsumer group\b|\bnot a member of\b|\bunknown member\b|\billegal generation\b|\bgroup coordinator\b|\bcoordinator\b(?: \S+){0,4} (?:not available|unavailable|loading|not found|moved)\b|\bmax poll interval\b|\bcommit (?:cannot be completed|failed)\b/,
    ],
  },
  {
    name: 'offset out of range',
    wordings: [
      /\boffsets?\b(?: \S+){0,6} (?:out of range|not (?:available|within)|outside|no longer|too old|deleted|reset|expired)\b|\b(?:sequence|shard) iterator\b|\btrimmed\b/,
    ],
  },
  {
    name: 'topic unknown',
    wordings: [
      /\bunknown topic\b|\b(?:topic|queue|exchange|subject|stream|subscription|channel)\b(?: \S+){0,5} (?:does not exist|not found|unknown|missing|was deleted|not exist|no longer exists)\b|\bno (?:such )?(?:queue|exchange(?! rate)|topic|stream|subject)\b|\bnon ?existent queue\b|\bqueue ?does ?not ?exist\b/,
    ],
  },
  {
    name: 'queue full',
    isGeneral: true,
    wordings: [
      /\b(?:queue|buffer|backlog|mailbox|inbox|outbox|channel)\b(?: \S+){0,4} (?:is |was )?(?:full|overflow\w*|at capacity|exceeded|limit reached|over ?quota|saturated)\b|\bbuffer exhausted\b|\bmax ?length\b(?=.*\bqueue\b)|\bbackpressure\b|\bback pressure\b|\bmailbox full\b|\b452\b|\b552\b|\bover quota\b|\bnobufs\b|\bpublish(?:es|ed|ing)?\b(?: \S+){0,3} (?:nacked|nack|rejected)\b|\bconnection blocked\b|\bmemory alarm\b|\blow on memory\b(?=.*\bbroker\b)/,
    ],
  },
  {
    name: 'channel closed',
    isGeneral: true,
    wordings: [
      /\b(?:channel|consumer|session|stream|subscription|producer|client|driver|transport)\b(?: \S+){0,3} (?:is |was |has been |already )*(?:closed|ended|destroyed|disconnected|not (?:open|connected)|canceled|cancelled by)\b|\bwrite after end\b|\bnot connected\b|\bclosed (?:channel|stream|client|session|pool|consumer)\b|\bafter (?:calling end|close|the \S+ was closed)\b|\bnot open\b|\bstream destroyed\b/,
    ],
  },
  {
    name: 'acknowledgement',
    isGeneral: true,
    wordings: [
      /\b(?:un)?known delivery tag\b|\bdelivery tag\b|\back(?:nowledge(?:ment|d)?)? (?:time ?out|timed out|deadline|failed|missing|id)\b|\breceipt handle\b|\bvisibility timeout\b|\bnot enough in sync\b|\bin sync replicas\b|\bconsumer ack\b|\backs?\b/,
    ],
  },
  {
    name: 'mail refused',
    isGeneral: true,
    wordings: [
      /\bsmtp\b|\bmailbox\b(?: \S+){0,3} (?:unavailable|not found|does not exist|unknown|disabled)\b|\b55[0134]\b|\b45[01]\b|\bgrey ?list\w*|\bspam\b|\bblocklist\w*|\bblacklist\w*|\bspf\b|\bdkim\b|\bdmarc\b|\bbounced?\b|\bno such user here\b|\bunknown recipient\b|\brecipient(?: \S+){0,3} (?:rejected|refused|unknown|not found|does not exist)\b|\brelay(?:ing)? (?:access )?denied\b|\bmail (?:server|box)\b|\bimap\b/,
    ],
  },
  {
    name: 'push token',
    wordings: [
      /\b(?:push|apns|fcm|device) (?:notification|token|registration)\b|\bnot ?registered\b|\bunregistered\b|\bbad ?device ?token\b|\bregistration token\b|\bapns?\b/,
    ],
  },
  {
    name: 'webhook',
    isGeneral: true,
    wordings: [/\bweb ?hook\b|\bcall ?back url\b/],
  },
  {
    name: 'remote files',
    isGeneral: true,
    wordings: [
      /\bs?ftp\b|\bssh\b|\bhost key\b|\ball configured authentication methods\b|\bpublickey\b|\bscp\b|\bsmb\b/,
    ],
  },
  {
    name: 'multipart upload',
    wordings: [
      /\bmultipart\b|\bupload id\b|\bpart number\b|\bchunk(?:ed)?\b(?: \S+){0,4} (?:missing|upload|failed)\b|\bboundary\b/,
    ],
  },
  {
    name: 'graphql',
    isGeneral: true,
    wordings: [/\bgraphql\b|\bcannot query field\b|\bquery complexity\b|\bnon nullable field\b|\bpersisted query\b/],
  },
  {
    name: 'feature flag',
    wordings: [/\bfeature (?:flag|toggle)\b|\bflag\b(?: \S+){0,3} (?:unknown|not found)\b/],
  },
  {
    name: 'workflow state',
    isGeneral: true,
    wordings: [
      /\b(?:invalid|illegal|impossible|unexpected|forbidden)(?: \S+){0,3} (?:transition|state|status)\b|\b(?:transition|state|status)\b(?: \S+){0,6} (?:not allowed|not permitted|invalid|illegal|does not allow|forbids|not possible)\b|\bcannot (?:be )?(?:transition|move|change|go|ship|cancel|refund|close|reopen|modify|edit)\w*(?: \S+){0,5} (?:state|status|already|because it is|from|in its|when|while|once|after)\b|\bin (?:the )?(?:wrong|invalid|unexpected) state\b|\balready (?:shipped|cancel+ed|closed|completed|processed|refunded|delivered|paid|finished|done|sent|settled|captured|archived|published|confirmed)\b/,
    ],
  },
];
