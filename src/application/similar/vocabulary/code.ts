import type { Operation } from './operation.ts';

/** Mistakes in code, and in how data is read. */
export const code: readonly Operation[] = [
  {
    name: 'property of nothing',
    isGeneral: true,
    wordings: [
      /\bcannot (?:read|set|access|get|destructure|convert)(?: \S+){0,6} (?:undefined|null|none)\b|\b(?:undefined|null|none)(?: \S+){0,3} (?:has no|is not an object|reference|pointer|object reference)\b|\bnull ?(?:pointer|reference)\b|\bis (?:undefined|null|none)\b(?! .*function)|\bobject reference not set\b|\bnone ?type\b|\bhas no attribute\b|\bproperties of (?:undefined|null)\b|\bof (?:undefined|null)\b|\bnil pointer\b|\bnil ?class\b|\bundefined method\b|\bis not iterable\b|\b(?:was|were|got|found|came back) (?:undefined|null)\b/,
    ],
  },
  {
    name: 'not a function',
    wordings: [
      /\bis not a (?:function|constructor)\b|\bnot callable\b|\bno method\b|\b(?:has no|no) (?:such )?(?:method|function)\b|\bnot a function\b|\bmethod ?not ?found\b/,
    ],
  },
  {
    name: 'name not defined',
    wordings: [
      /\bis not defined\b|\bcannot find name\b|\bundeclared\b|\breference ?error\b|\bbefore initiali[sz]ation\b|\bname ?error\b|\bundefined variable\b/,
    ],
  },
  {
    name: 'assignment to a constant',
    wordings: [
      /\bassignment to constant\b|\bread only property\b|\bobject is not extensible\b|\bfrozen\b(?= object)|\bcannot assign\b|\bcannot (?:add|delete|define|redefine) property\b|\bonly a getter\b/,
    ],
  },
  {
    name: 'json malformed',
    wordings: [
      /\bjson\b(?: \S+){0,6} (?:parse|parsed|parsing|invalid|malformed|unexpected|token|position|syntax|decode|decoding|not valid|broken|truncated|cut off|end)\b|\b(?:invalid|malformed|bad|broken|truncated|unexpected|not valid|unparsable|parse|parsing|decode|decoding|valid)(?: \S+){0,4} json\b|\bunexpected (?:token|end of (?:json )?input|non whitespace|character|string|number)\b|\bexpected property name\b|\bunterminated string\b|\bbad control character\b|\bjson ?(?:decode|parse|syntax)\b|\bexpecting value\b|\bexpected\b(?: \S+){0,6} (?:comma|brace|double quoted|colon)\b/,
    ],
  },
  {
    name: 'circular structure',
    wordings: [
      /\bcircular\b.*\b(?:json|structure|serialize)\b|\bconverting circular\b|\bcyclic(?:al)? (?:object|structure|value)\b|\bdo not know how to serialize\b|\bserialize a bigint\b|\bnot (?:json )?serializable\b|\bcould not be cloned\b|\bdata ?clone\b/,
    ],
  },
  {
    name: 'xml malformed',
    isGeneral: true,
    wordings: [/\bxml\b|\bsax\b|\bunclosed (?:root )?tag\b|\bclosing tag\b|\broot element\b|\bentity reference\b/],
  },
  {
    name: 'html instead of data',
    isGeneral: true,
    wordings: [
      /\bdoctype\b|\bhtml (?:page|instead|document)\b|\b(?:received|got|returned|answered)(?: \S+){0,3} html\b|\btext html\b/,
    ],
  },
  {
    name: 'csv malformed',
    isGeneral: true,
    wordings: [
      /\bcsv\b|\b(?:delimiter|separator|header row|quoted field)\b|\bcolumns? (?:count|number) (?:does not|mismatch)|\binvalid record length\b|\brow \S* ?has (?:\S+ ){0,2}(?:columns|fields)\b/,
    ],
  },
  {
    name: 'yaml malformed',
    isGeneral: true,
    wordings: [/\byaml\b|\bbad indentation\b|\bmapping values are not allowed\b/],
  },
  {
    name: 'schema of messages',
    wordings: [
      /\bavro\b|\bprotobuf\b|\bproto(?:col)? ?buf\w*|\bschema registry\b|\bschema\b(?: \S+){0,5} (?:incompatible|not compatible|compatib\w+|unknown id|version|evolution)\b|\bincompatible schema\b|\bwire type\b|\bmagic byte\b|\bdeseriali[sz]\w+|\bthrift\b|\bmsgpack\b|\bcbor\b/,
    ],
  },
  {
    name: 'encoding',
    isGeneral: true,
    wordings: [
      /\butf ?8\b|\butf ?16\b|\b(?:invalid|malformed|bad|illegal|broken) (?:byte|unicode|surrogate|character)\b|\b(?:byte|character) (?:sequence|encoding|set)\b|\bencod(?:ing|ed)\b(?: \S+){0,5} (?:invalid|unknown|wrong|mismatch|error|not supported|unsupported|failed)\b|\bunicode ?(?:de|en)code\b|\bcharset\b|\bsurrogates?\b|\bnul (?:byte|character)\b|\bbase ?64\b|\buri malformed\b|\bmalformed uri\b|\bpercent encod\w+|\blatin ?1\b|\bnot (?:valid )?text\b|\bmojibake\b/,
    ],
  },
  {
    name: 'date invalid',
    wordings: [
      /\binvalid (?:date|time|datetime|timestamp|time ?zone)\b|\b(?:date|time ?stamp|datetime|time ?zone|time value)\b(?: \S+){0,5} (?:invalid|unparseable|malformed|not (?:valid|a valid|be parsed|parse|recogni[sz]ed|understood)|out of range|wrong format|unknown|could not|cannot)\b|\bcannot parse (?:the )?(?:date|time|timestamp)\b|\b22007\b|\b22008\b|\bunknown time ?zone\b|\bnot a (?:valid )?(?:date|timestamp|calendar)\b|\btime zone\b.*\b(?:unknown|not)\b|\binvalid time value\b/,
    ],
  },
  {
    name: 'number invalid',
    wordings: [
      /\bnan\b|\bnot a number\b|\binvalid (?:number|integer|decimal|literal for int|array length|bigint)\b|\bcannot (?:convert|parse)(?: \S+){0,4} (?:bigint|number|integer|decimal|float)\b|\bmix bigint\b|\bnot an integer\b|\bnumber ?format\b|\bfor input string\b|\bnot (?:a )?(?:finite|safe integer)\b/,
    ],
  },
  {
    name: 'regular expression invalid',
    wordings: [/\bregular expression\b|\bregexp?\b|\bunterminated group\b|\bnothing to repeat\b/],
  },
  {
    name: 'url invalid',
    wordings: [
      /\berr invalid url\b|\binvalid (?:url|uri)\b|\b(?:url|uri)\b(?: \S+){0,4} (?:invalid|malformed|not valid|not absolute|cannot be parsed)\b|\bonly absolute urls\b|\bfailed to parse url\b|\bmalformed url\b|\bunsupported (?:url )?(?:protocol|scheme)\b|\bno scheme\b/,
    ],
  },
  {
    name: 'assertion failed',
    isGeneral: true,
    wordings: [
      /\bassert(?:ion)?s?\b|\binvariant\b|\bunreachable\b(?! (?:host|network|destination))|\bshould never happen\b|\bimpossible state\b|\bpanic(?:ked)?\b/,
    ],
  },
  {
    name: 'index out of bounds',
    wordings: [
      /\bindex\b(?: \S+){0,4} (?:out of (?:bounds|range)|exceeds|beyond)\b|\bout of bounds\b|\barray ?index\b|\boffset\b(?: \S+){0,3} (?:outside|out of range|beyond)\b(?!.*\bpartition\b)|\bno elements\b|\bempty (?:array|list|sequence|collection)\b/,
    ],
  },
  {
    name: 'checksum mismatch',
    wordings: [
      /\b(?:checksum|crc|crc32|md5|sha ?(?:1|256|512)|hash|digest|integrity)\b(?: \S+){0,6} (?:mismatch|does not match|did not match|do not match|not match|failed|wrong|differs?|invalid|incorrect|error|unexpected)\b|\b(?:checksum|integrity|crc|hash) (?:mismatch|error|check|failure)\b|\bdata (?:is )?corrupt\w*|\bcorrupt(?:ed|ion)?\b(?!.*\b(?:zip|gzip|archive|image|pdf|jpeg|png|video)\b)/,
    ],
  },
  {
    name: 'archive corrupt',
    isGeneral: true,
    wordings: [
      /\b(?:zip|gzip|gunzip|zlib|tar|archive|deflate|inflate|decompress\w*|brotli|unzip\w*|bad zip file)\b|\bcentral directory\b|\bstored block\b/,
    ],
  },
  {
    name: 'decryption failed',
    wordings: [
      /\bdecrypt\w*|\bcipher ?text\b|\bunable to authenticate data\b|\bbad decrypt\b|\bauth(?:entication)? tag\b|\bkms\b|\bencryption key\b|\bprivate key\b|\bpem\b|\bwrong final block\b|\bdecoder routines\b|\bkey id\b(?: \S+){0,3} (?:unknown|not found)\b|\bjwks?\b(?!.*\bexpir)|\bno matching key\b|\bsigning key\b/,
    ],
  },
  {
    name: 'image unreadable',
    isGeneral: true,
    wordings: [/\b(?:image|jpe?g|png|thumbnail|picture|photo|gif|webp|exif|pixel|bitmap)\b/],
  },
  {
    name: 'pdf failed',
    isGeneral: true,
    wordings: [
      /\bpdf\b|\bfonts?\b|\brender(?:ing|ed)?\b(?=.*\b(?:document|page|invoice|report)\b)|\bheadless\b|\bchromium\b|\bpuppeteer\b|\bpage crashed\b/,
    ],
  },
  {
    name: 'template failed',
    isGeneral: true,
    wordings: [/\b(?:template|handlebars|mustache|liquid|jinja|ejs|placeholder|partial|mjml)\b/],
  },
  {
    name: 'media failed',
    isGeneral: true,
    wordings: [/\b(?:video|audio|codec|ffmpeg|transcod\w+|bitrate|mp4|h264|stream mapping)\b/],
  },
];
