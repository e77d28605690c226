import type { Operation } from './operation.ts';

/** Memory, disks, files, processes and the programs themselves. */
export const processes: readonly Operation[] = [
  {
    name: 'out of memory',
    isGeneral: true,
    wordings: [
      /\benomem\b|\b(?:out of|not enough|insufficient|ran out of|low on|cannot allocate|exhausted) (?:\S+ ){0,2}memory\b|\boomkilled\b|\boom\b(?! command)|\bheap\b(?: \S+){0,4} (?:out|limit|full|exhausted|space|exceeded)\b|\breached heap limit\b|\ballocation fail(?:ed|ure)\b|\bmemory(?: \S+){0,4} (?:exhausted|exceeded|limit|full|allocat\w+ failed)\b|\barray buffer allocation\b|\bbad alloc\b|\bexit code 137\b|\bworker out of memory\b|\bkilled\b.*\bmemory\b|\bjava heap\b|\bgc overhead\b/,
    ],
  },
  {
    name: 'disk full',
    wordings: [
      /\benospc\b|\bedquot\b|\b53100\b|\bno space left\b|\b(?:disk|volume|partition|drive|file ?system|storage|device)\b(?: \S+){0,4} (?:is |was )?(?:full|quota|out of space|exhausted|has no (?:free )?space|ran out)\b|\b(?:out of|not enough|insufficient|no (?:more|free)|ran out of)(?: \S+){0,2} (?:disk|storage|space)\b|\bdisk ?full\b|\bfree (?:disk )?space\b/,
    ],
  },
  {
    name: 'too many files',
    wordings: [
      /\bemfile\b|\benfile\b|\btoo many open (?:files|handles|sockets)\b|\bfile descriptors?\b|\bopen files? limit\b|\bulimit\b|\bnofile\b/,
    ],
  },
  {
    name: 'file missing',
    wordings: [
      /\benoent\b|\bno such file\b|\benotdir\b|\b(?:file|directory|folder|path|template|script|font)\b(?: \S+){0,5} (?:does not exist|not found|is missing|missing|could not be found|was not found|cannot be found|not there|no longer exists)\b|\bfile ?not ?found\b|\bcannot find(?: \S+){0,3} (?:file|path|directory|folder)\b|\bmissing (?:file|directory|folder)\b/,
    ],
  },
  {
    name: 'file not permitted',
    wordings: [
      /\beacces\b|\beperm\b|\berofs\b|\bpermission denied\b(?=.*\b(?:file|path|directory|folder|open|mkdir|unlink|scandir|write|read)\b)|\boperation not permitted\b|\bread only file ?system\b|\b(?:file|directory|folder|path)\b(?: \S+){0,5} (?:not writable|not readable|read only|permission denied|cannot be (?:written|read|opened)|access denied|no (?:write|read) (?:access|permission))\b|\b(?:may|can)(?: ?not) (?:write|read|open)(?: \S+){0,4} (?:file|directory|folder)\b|\bno permission to (?:write|read|open|create)\b|\bnot allowed to (?:write|read|open|create)(?: \S+){0,3} (?:file|directory|folder|path)\b/,
    ],
  },
  {
    name: 'file exists',
    wordings: [/\beexist\b|\b(?:file|directory|folder|path)\b(?: \S+){0,3} already exists\b|\bfile exists\b/],
  },
  {
    name: 'directory not empty or wrong kind',
    wordings: [/\beisdir\b|\benotempty\b|\bis a directory\b|\bdirectory not empty\b/],
  },
  {
    name: 'input output error',
    wordings: [
      /\beio\b|\b(?:i o|input output) error\b|\bdisk (?:read|write) (?:error|failure)\b|\bbad sector\b|\bhardware error\b/,
    ],
  },
  {
    name: 'process ended',
    isGeneral: true,
    wordings: [
      /\b(?:process|child|worker|command|program|container|subprocess|thread|pod)\b(?: \S+){0,5} (?:exit(?:ed|s)?|crash(?:ed|es)?|terminated|died|killed|ended|returned)\b(?: \S+){0,4} ?(?:code|signal|status|unexpectedly|non ?zero|with|sig\w+|by|before)?\b|\bnon ?zero exit\b|\bexit (?:code|status)\b|\bsig(?:kill|term|segv|abrt|int)\b|\bsegmentation fault\b|\bcore dumped\b/,
    ],
  },
  {
    name: 'command not found',
    wordings: [
      /\bspawn\b.*\benoent\b|\bcommand not found\b|\bexecutable\b(?: \S+){0,5} (?:not found|missing)\b|\bnot recogni[sz]ed as an internal\b|\bbinary (?:not found|missing)\b/,
    ],
  },
  {
    name: 'module missing',
    wordings: [
      /\bmodule ?not ?found\b|\bcannot find (?:module|package)\b|\bno module named\b|\berr module not found\b|\b(?:module|package|dependency|library|import)\b(?: \S+){0,5} (?:not found|could not be (?:found|resolved|loaded)|cannot be (?:found|resolved|loaded)|is missing|not installed|missing)\b|\bfailed to resolve import\b|\bpackage path\b.*\bnot exported\b|\bdoes not provide an export\b/,
    ],
  },
  {
    name: 'setting missing',
    wordings: [
      /\b(?:environment variable|env(?:ironment)? var|setting|config(?:uration)?(?: \S+){0,2}(?: key| value| option| entry)?|secret|env)\b(?: \S+){0,6} (?:missing|not set|unset|undefined|not defined|required|empty|not configured|absent|not provided|must be (?:set|given))\b|\b(?:missing|unset|undefined|no)(?: \S+){0,2} (?:environment variable|env(?:ironment)? var|setting|config(?:uration)?(?: \S+)?|configured)\b|\bis not configured\b|\bnot set in the environment\b|\bmisconfigur\w+/,
    ],
  },
  {
    name: 'stack overflow',
    wordings: [
      /\bmaximum call stack\b|\bstack ?overflow\b|\btoo much recursion\b|\brecursion (?:depth|limit|error)\b|\b(?:infinite|endless|unbounded) recursion\b|\bstack (?:size|depth) (?:exceeded|limit)\b|\bcircular reference\b(?!.*\bjson\b)|\brecurs(?:es|ed|ing) (?:too deep|forever|endlessly)/,
    ],
  },
  {
    name: 'event loop blocked',
    isGeneral: true,
    wordings: [/\bevent loop\b|\bunresponsive\b|\bblocked for\b|\bstalled\b/],
  },
  {
    name: 'clock skew',
    wordings: [
      /\bclock\b.*\b(?:skew|drift|sync|ahead|behind|differ|off)\b|\b(?:request )?time ?too ?skewed\b|\btimestamp\b(?: \S+){0,5} (?:outside|too (?:old|new|far)|in the future|tolerance|window|skew)\b|\bnot (?:yet valid|active yet)\b|\bissued in the future\b|\bnbf\b|\bserver s time\b|\btime difference\b/,
    ],
  },
  {
    name: 'migration',
    wordings: [
      /\b(?:schema|database)? ?migrations?\b(?: \S+){0,6} (?:failed|pending|missing|not (?:applied|run)|checksum|out of order|locked|dirty|incomplete)\b|\bpending migrations?\b|\bdirty database version\b/,
    ],
  },
];
