import { change, look, type Rule, replay } from './rule.ts';

/** What goes wrong in the process of the handler, and in what it was given. */
export const processRules: readonly Rule[] = [
  {
    name: 'no handler',
    pattern: /^NoHandler\b/,
    summary: 'No handler is configured for events of this type.',
    cause: 'The type is new or misspelt, or a handler was removed or not deployed.',
    confidence: 'high',
    steps: [
      look('Compare the type of the event with the handlers in eventops.config.ts'),
      change('Add a handler for the type, and start the workers again'),
      replay('once there is one; discard the event if the type was a mistake'),
    ],
  },
  {
    name: 'poison',
    pattern: /^Poison\b/,
    summary: 'Workers ended again and again while they ran this event alone.',
    cause:
      'The handler ends its process with this event: it runs out of memory, calls process.exit, or crashes in native code.',
    confidence: 'high',
    steps: [
      look('See in the logs of the worker how its process ended'),
      change('Correct the handler; give it more memory with HANDLER_MEMORY_MIB if it needs that'),
      replay('once the handler survives it'),
    ],
  },
  {
    name: 'payload',
    pattern: /^PayloadInvalid\b/,
    summary: 'The payload does not fit the schema of the handler.',
    cause: 'The sender sends another shape than the handler expects: one of the two changed.',
    confidence: 'high',
    steps: [
      look('Compare the paths that are named with what the sender sends'),
      change('Correct the sender, or let the schema take both shapes'),
      replay('if the schema was changed; discard the event if the sender was wrong, and let it send again'),
    ],
  },
  {
    name: 'disk',
    pattern:
      /\b(?:ENOSPC|no space left on device|disk (?:is )?full|EDQUOT|disk quota exceeded|EROFS|read-only file system|53100)\b/i,
    summary: 'The disk takes no more.',
    cause: 'It is full, its quota is used up, or it is mounted read-only.',
    confidence: 'high',
    steps: [
      look('See what fills it', 'df -h && df -i'),
      change('Make room, or give it more'),
      replay('once there is room'),
    ],
  },
  {
    name: 'memory',
    pattern:
      /\b(?:out of memory|heap out of memory|ENOMEM|cannot allocate memory|OOMKilled|ERR_WORKER_OUT_OF_MEMORY|allocation failed|invalid (?:array|string) length|ERR_STRING_TOO_LONG|memory limit|maximum call stack size exceeded)\b/i,
    summary: 'The handler ran out of memory.',
    cause:
      'It holds more at a time than it may, calls itself without an end, or this payload is much larger than others.',
    confidence: 'high',
    steps: [
      look('Compare the size of the payload with that of others'),
      change('Work in pieces; or raise HANDLER_MEMORY_MIB'),
      replay('once it has the memory'),
    ],
  },
  {
    name: 'files',
    pattern: /\b(?:ENOENT|no such file or directory|EMFILE|ENFILE|too many open files|EISDIR|ENOTDIR|EEXIST)\b/i,
    summary: 'A file that the handler needs is not as it expects.',
    cause: 'The file is missing where the worker runs, its path is wrong, or too many files are open.',
    confidence: 'medium',
    steps: [
      look('See whether the path is there, and how many files may be open', 'ls -l <path>; ulimit -n'),
      change('Provide the file, or correct the path'),
      replay('once it is there'),
    ],
  },
  {
    name: 'parse',
    pattern:
      /\b(?:SyntaxError|is not valid JSON|Unexpected (?:token|end of (?:JSON )?input|non-whitespace)|JSON\.parse|invalid (?:json|xml|yaml|csv|date|number format)|parse error|could not parse|failed to parse|malformed (?:json|xml|csv)|unterminated string|JSONDecodeError|expected .{1,20} but found)\b/i,
    summary: 'A text could not be read in the form that was expected.',
    cause:
      'Something else came than the form asked for, such as a page of HTML with an error, a text that was cut off, or nothing at all.',
    confidence: 'high',
    steps: [
      look('See what came instead: often an error page of a proxy'),
      change('Check status and content type before reading, or correct the sender'),
      replay('once the right form comes'),
    ],
  },
  {
    name: 'missing value',
    pattern:
      /\b(?:Cannot (?:read|set) propert(?:y|ies) of (?:undefined|null)|(?:undefined|null) is not an object|Cannot destructure|is not iterable|of undefined|NullPointerException|NoneType|nil pointer)/i,
    summary: 'The handler used a value that is not there.',
    cause: 'A field that the handler relies on is missing in this payload, or a lookup found nothing.',
    confidence: 'high',
    steps: [
      look('See at the first frame which value it is, and whether the payload has it'),
      change('Give the handler a schema, so that such payloads are refused by name, or handle what is missing'),
      replay('once the handler copes with it'),
    ],
  },
  {
    name: 'validation',
    pattern:
      /\b(?:ValidationError|ZodError|validation failed|(?:is|are) (?:required|not allowed)|invalid (?:value|input|argument|format|type|enum)|must (?:be|have|match|not)|out of range|RangeError|ERR_INVALID_ARG\w*|expected (?:a |an )?(?:string|number|object|array|boolean|integer)|failed validation)\b/i,
    summary: 'A value is not what it must be.',
    cause: 'The payload, or what the handler made of it, breaks a rule; retrying it changes nothing.',
    confidence: 'medium',
    steps: [
      look('See which value and which rule the message names'),
      change('Correct the sender or the rule'),
      replay('if the rule was corrected; discard the event if its payload is wrong'),
    ],
  },
  {
    name: 'code',
    pattern:
      /\b(?:is not a (?:function|constructor)|is not defined|ReferenceError|TypeError|Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|ERR_REQUIRE_ESM|has no exported member|AttributeError|NameError)\b/i,
    summary: 'The code of the handler is wrong.',
    cause:
      'It calls or names something that does not exist in this version: a mistake in the code, or a package that is missing or of another version.',
    confidence: 'medium',
    steps: [
      look('See at the first frame of your own code what is called there, and what was deployed last'),
      change('Correct the code or install the package, and deploy'),
      replay('once it is deployed'),
    ],
  },
];
