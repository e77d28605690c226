import type { Operation } from './operation.ts';

/** What databases, caches and search engines say: PostgreSQL, MySQL, SQL Server, MongoDB, Redis, Elasticsearch. */
export const database: readonly Operation[] = [
  {
    name: 'unique violation',
    wordings: [
      /\b23505\b|\b1062\b|\be11000\b|\b2627\b|\ber dup entry\b|\bora 00001\b|\bp2002\b/,
      /\bduplicate(?: \S+){0,2} (?:key|entry|value|record|row|id)\b|\bunique(?:ness)?(?: \S+){0,3} (?:constraint|violation|violated|index|key|value)\b|\bunique ?(?:constraint|violation)\b/,
      /\b(?:row|record|entry|value|key|document|item|entity|user|id|e ?mail|name)\b(?: \S+){0,5} already (?:exists?|taken|present|stored|in use|registered|used)\b|\balready (?:exists?|a (?:row|record|document)|taken|registered|been (?:taken|used|stored|inserted))\b|\bmust be unique\b|\bis not unique\b/,
    ],
  },
  {
    name: 'foreign key violation',
    wordings: [
      /\b23503\b|\b145[12]\b|\bforeign ?key\b|\bparent (?:row|record|key)\b|\bchild (?:row|record)s?\b|\breferential integrity\b|\bora 0229[12]\b/,
      /\b(?:still|is|are) (?:referenced|referred to)\b|\breferenced (?:by|row|record|from)\b|\brefer(?:s|ring|ences?)(?: \S+){0,5} (?:that )?(?:does not exist|do not exist|is missing|missing (?:row|record)|not present|no longer exists|unknown)\b|\bis not present in table\b/,
    ],
  },
  {
    name: 'null violation',
    wordings: [
      /\b23502\b|\b1048\b|\bnot null\b|\bnull value\b|\bcannot (?:be|insert|contain|hold)(?: \S+){0,3} null\b|\bmay not be null\b|\bmust not be null\b|\bnull\b(?: \S+){0,4} (?:not allowed|forbidden|not permitted|constraint)\b|\bdoes not (?:allow|accept|take|have a default)(?: \S+){0,3} nulls?\b|\bdoes not have a default value\b/,
    ],
  },
  {
    name: 'check violation',
    wordings: [
      /\b23514\b|\bcheck constraint\b|\b3819\b|\bviolates check\b|\bcheck\b(?: \S+){0,3} (?:constraint )?(?:violated|violation)\b/,
    ],
  },
  {
    name: 'deadlock',
    wordings: [
      /\b40p01\b|\b1213\b|\b1205 deadlock\b|\bdead ?lock(?:s|ed)?\b|\bdeadlock victim\b|\b(?:wait(?:ing|s)? (?:for|on) each other|mutual(?:ly)? (?:wait|block)\w*|circular wait)\b/,
    ],
  },
  {
    name: 'serialization failure',
    wordings: [
      /\b40001\b|\bserializ(?:e|ation|able)(?: \S+){0,3} (?:access|fail(?:ure|ed)?|transaction|conflict|isolation)\b|\bcould not serialize\b|\bwrite ?conflict\b|\btransient ?transaction ?error\b|\bora 08177\b|\bread write dependencies\b|\brestart transaction\b/,
    ],
  },
  {
    name: 'lock not obtained',
    kind: 'timeout',
    wordings: [
      /\b55p03\b|\b1205\b|\block(?: \S+){0,3} (?:time ?out|timed out|not (?:available|obtained|acquired|free)|exceeded|held|taken|busy)\b|\b(?:could not|cannot|unable to|failed to|not) (?:obtain|acquire|get|take|gain)(?: \S+){0,4} (?:lock|lease|mutex|semaphore)\b|\bdatabase is locked\b|\bsqlite busy\b|\bebusy\b|\b(?:already|currently) locked\b|\blocked by (?:another|other|some)\b|\block ?error\b|\bredlock\b|\block quorum\b|\b(?:lock|lease|mutex)\b(?: \S+){0,5} (?:is |was )?(?:held|owned|taken|kept) by\b/,
    ],
  },
  {
    name: 'statement timed out',
    isGeneral: true,
    kind: 'timeout',
    wordings: [
      /\b57014\b|\bstatement timeout\b|\bcancel(?:l)?ing statement\b|\b(?:query|statement|sql)\b(?: \S+){0,6} (?:timed ?out|time ?out|cancel+ed|(?:took|ran|running) (?:too long|longer)|execution (?:time )?(?:exceeded|was interrupted)|time limit|interrupted|killed)\b|\bmax execution time\b|\bmaximum statement execution\b|\bmaxtimems\b|\bmax time ms ?expired\b|\boperation exceeded time limit\b|\b3024\b|\buser request\b/,
    ],
  },
  {
    name: 'too many connections',
    wordings: [
      /\b53300\b|\b1040\b|\btoo many (?:open |client |database )*(?:connections?|clients)\b|\bremaining connection slots\b|\bconnection slots?\b|\bmax(?:imum)?(?: number of)? (?:client |user )?(?:connections|clients)\b|\bconnection limit\b|\bmax user connections\b|\b(?:sessions?|connections?) (?:limit|count)\b(?: \S+){0,3} (?:reached|exceeded)\b/,
    ],
  },
  {
    name: 'relation missing',
    wordings: [
      /\b42p01\b|\b1146\b|\bno such table\b|\bora 00942\b|\bp2021\b|\b(?:relation|table|view|index|collection|keyspace|schema|database|sequence)\b(?: \S+){0,4} (?:does not exist|not found|doesn t exist|is missing|was not found|unknown|missing)\b|\bunknown (?:table|database|index|collection|relation|keyspace)\b|\b(?:index|table|database) ?not ?found\b|\bundefined table\b|\b3d000\b/,
    ],
  },
  {
    name: 'column missing',
    wordings: [
      /\b42703\b|\b1054\b|\bno such column\b|\bunknown column\b|\binvalid column\b|\b(?:column|attribute)\b(?: \S+){0,6} (?:does not exist|not found|missing|unknown|was not found|is missing)\b|\bundefined column\b|\b(?:has no|no|without) column\b/,
    ],
  },
  {
    name: 'sql syntax',
    wordings: [
      /\b42601\b|\b1064\b|\ber parse error\b|\b(?:sql|query|statement)\b(?: \S+){0,3} (?:syntax|(?:could|can)(?: ?not) be parsed)\b|\bsyntax error\b(?: \S+){0,6} (?:at or near|sql|query|statement|select|where|from|mysql)\b|\berror in (?:your )?sql\b|\bsql syntax\b|\bincorrect syntax near\b|\bsqlite error near\b|\bsyntax error at or near\b/,
    ],
  },
  {
    name: 'value for a type',
    wordings: [
      /\b22p02\b|\binvalid input (?:syntax|value)\b|\bincorrect(?: \S+){0,2} value\b(?: \S+){0,4} column\b|\bcast(?:ing)?\b(?: \S+){0,6} fail(?:ed|s)?\b|\bcast to (?:object ?id|number|date)\b|\bdata type mismatch\b|\bis of type\b.*\bbut expression\b|\bnot a valid (?:uuid|object ?id|integer)\b|\bconver(?:t|sion|ting)\b.*\b(?:to data type|nvarchar|varchar|uuid)\b/,
    ],
  },
  {
    name: 'value too long',
    wordings: [
      /\b22001\b|\b1406\b|\bvalue too long\b|\bdata too long\b|\b(?:string|value|data|text|name|input)\b(?: \S+){0,6} (?:too long|truncated|longer than|would be (?:cut|truncated)|exceeds(?: \S+){0,3} (?:length|characters|column))\b|\b(?:does not|will not|cannot) fit\b|\btype character varying\b/,
    ],
  },
  {
    name: 'number out of range',
    wordings: [
      /\b22003\b|\b1264\b|\b(?:numeric|integer|number|bigint|value|arithmetic|decimal|int)\b(?: \S+){0,6} (?:out of range|overflow(?:s|ed)?|too (?:large|big|high)|exceeds(?: \S+){0,3} range)\b|\bout of range\b(?! for type date)|\barithmetic overflow\b|\binteger overflow\b/,
    ],
  },
  {
    name: 'division by zero',
    wordings: [/\b22012\b|\bdivi(?:sion|de|ded|ding)(?: \S+){0,2} by (?:zero|0)\b|\bzero ?division\b|\bdivisor\b/],
  },
  {
    name: 'read only',
    isGeneral: true,
    wordings: [
      /\b25006\b|\b1290\b|\bread ?only\b(?!.*\b(?:property|file system|filesystem)\b)|\bnot (?:the )?(?:primary|leader|master)\b|\bnot ?writable ?primary\b|\bnot ?master\b|\b(?:standby|replica|secondary|follower|slave)\b.*\b(?:write|writes|insert|update|modify)\b|\b(?:write|writes|insert|update|modify)\b.*\b(?:standby|replica|secondary|follower|slave|hot standby)\b|\bhot standby\b|\bin recovery\b/,
    ],
  },
  {
    name: 'database starting or stopping',
    wordings: [
      /\b57p0[123]\b|\b(?:database system|server|database|node|cluster) is (?:starting up|shutting down|in recovery mode|restarting|stopping)\b|\badministrator command\b|\bnot yet accepting connections\b|\bserver shutdown in progress\b|\bloading\b.*\b(?:dataset|memory)\b|\bredis is loading\b/,
    ],
  },
  {
    name: 'no table permission',
    wordings: [
      /\b42501\b|\b1142\b|\bpermission denied for\b|\b(?:select|insert|update|delete) command denied\b|\bmust be owner of\b|\b(?:role|user|login)\b(?: \S+){0,6} (?:table|relation|schema|sequence|view|column)\b(?=.*\b(?:denied|permission|privilege|grant|allowed)\b)|\b(?:denied|permission|privilege|grant)\b(?: \S+){0,6} (?:table|relation|schema|sequence|view)\b/,
    ],
  },
  {
    name: 'transaction aborted',
    wordings: [
      /\b25p02\b|\bcurrent transaction is aborted\b|\btransaction\b(?: \S+){0,5} (?:aborted|rolled back|rollback|already (?:closed|finished|committed|completed)|no longer (?:active|open|valid)|not active|is closed)\b|\bno (?:active )?transaction\b|\bno such transaction\b|\bin failed sql transaction\b|\brollback only\b/,
    ],
  },
  {
    name: 'no master in the cluster',
    wordings: [
      /\bno (?:primary|master|leader)\b|\bserver ?selection\b|\breplica ?set\b|\bnotprimary\b|\belection\b|\bno suitable servers?\b|\bquorum\b|\bclusterdown\b|\bcluster is down\b|\bhash slot not served\b|\bnot enough (?:replicas|nodes)\b|\bmaster discovered\b|\bsentinel\b/,
    ],
  },
  {
    name: 'redis moved',
    wordings: [
      /\bmoved \d+\b|\bmoved\b.*\bslot\b|\bslot\b.*\b(?:moved|migrat)\w*|\bcrossslot\b|\bask redirect\b|\bdo not hash to the same slot\b/,
    ],
  },
  {
    name: 'cache out of memory',
    wordings: [
      /\boom command not allowed\b|\bmaxmemory\b|\bused memory\b|\bredis\b.*\b(?:out of memory|memory limit|memory is full)\b|\beviction\b|\bno memory left in (?:redis|cache)\b/,
    ],
  },
  {
    name: 'wrong kind of value in the cache',
    wordings: [/\bwrongtype\b|\bwrong kind of value\b|\boperation against a key\b/],
  },
  {
    name: 'index blocked',
    wordings: [
      /\bcluster block\b|\bflood ?stage\b|\bindex\b(?: \S+){0,4} (?:blocked|read only allow delete)\b|\bshards? (?:failed|unavailable)\b|\ball shards failed\b|\bmaximum shards\b/,
    ],
  },
  {
    name: 'index mapping',
    wordings: [
      /\bmapper ?parsing\b|\bmapping\b.*\b(?:field|strict|dynamic|type|conflict)\b|\bstrict dynamic\b|\bfailed to parse field\b|\bmapping conflict\b|\bdocument parsing\b/,
    ],
  },
  {
    name: 'record missing',
    isGeneral: true,
    kind: 'missing',
    wordings: [
      /\bp2025\b|\bno (?:such )?(?:row|record|document|result|entity|entry)s?\b|\b(?:row|record|document|entity|entry)\b(?: \S+){0,4} (?:not found|does not exist|no longer exists|is missing|was deleted|could not be found|disappeared)\b|\bentity ?not ?found\b|\bno data found\b|\bno rows (?:in|returned|found|affected)\b|\bdocument ?not ?found\b|\brecord ?not ?found\b/,
    ],
  },
];
