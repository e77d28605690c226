import type { Operation } from './operation.ts';

/** Connections, names, certificates, and what proxies say of them. */
export const network: readonly Operation[] = [
  {
    name: 'connection refused',
    kind: 'connection',
    wordings: [
      /\beconnrefused\b/,
      /\bconnections? (?:was |is |were |been |attempt )*(?:actively )?refused\b/,
      /\b(?:refus(?:ed|es|ing)|reject(?:ed|s|ing)|declin(?:ed|es)) (?:to connect|(?:the |our |all |new |a |any |incoming |tcp )*connections?)\b/,
      /\bactively refused\b/,
      /\bport (?:is )?(?:closed|not open)\b/,
      /\b(?:nothing|no (?:process|server|service|one|listener)) (?:is )?(?:listening|listens|accept(?:s|ing) connections)\b/,
      /\bnot (?:listening|accepting connections)\b/,
      /\bis the server running (?:on|locally)\b/,
      /\bwsaeconnrefused\b/,
      /\bno connection could be made because\b/,
    ],
  },
  {
    name: 'connection reset',
    isGeneral: true,
    kind: 'connection',
    wordings: [
      /\beconnreset\b|\bepipe\b|\beconnaborted\b|\bwsaeconnreset\b/,
      /\bsocket hang ?up\b|\bhung up\b/,
      /\bbroken pipe\b/,
      /\bconnection (?:was |is |has been |been |to \S+ |with \S+ |got |lost )*(?:reset|aborted|dropped|lost|terminated|severed|interrupted|broken|cut)\b/,
      /\bconnection (?:was |is |has been |been )*(?:closed|ended) (?:unexpectedly|prematurely|abruptly|by|before|while|during|mid)\b/,
      /\b(?:reset|closed|dropped|aborted|cut) (?:the |our |this )?connection\b/,
      /\bconnection (?:closed|ended)\b/,
      /\blost (?:the )?connection\b|\bserver has gone away\b|\bprematur(?:e|ely) (?:close|closed|end|ended)\b|\bunexpected(?:ly)? (?:end of|closed?) (?:the )?(?:stream|connection|socket|file)\b/,
      /\bother side closed\b|\bpeer (?:reset|closed|went away|disconnected)\b|\breset by (?:the )?(?:remote )?(?:peer|host|other side)\b/,
      /\bund err socket\b|\bsocket (?:was )?closed\b|\bremote (?:end|host|party) (?:has )?(?:closed|hung up|disconnected)\b/,
      /\b(?:disconnected|went away) (?:unexpectedly|while|before|during|mid)\b/,
    ],
  },
  {
    name: 'name not resolved',
    kind: 'connection',
    wordings: [
      /\benotfound\b|\beai (?:again|noname|nodata|fail)\b|\bgetaddrinfo\b|\bnxdomain\b|\bservfail\b|\benodata\b/,
      /\bdns\b/,
      /\b(?:could|can|did|does|cannot|unable|failed|failure|fails)(?: not| to)* (?:be )?(?:resolve|resolved|look ?up)\b.*\b(?:host|name|domain|address|dns|hostname)\b/,
      /\b(?:host(?: ?name)?|domain|name|address)\b.*\b(?:could not be|cannot be|was not|not|did not) (?:be )?(?:resolved?|found in dns)\b/,
      /\b(?:name or service|host ?name|unknown host|no such host|host not) (?:not )?(?:known|found)?\b(?<=unknown host|no such host|not known|host not found|hostname not found|host name not found)/,
      /\bunknown host\b|\bno such host\b|\bname resolution\b|\bhost ?name resolution\b|\bresolver\b/,
      /\b(?:does not|did not|would not|could not|cannot) resolve\b/,
      /\bno (?:address|a record|dns record|ip)\b.*\b(?:host ?name|name|domain)\b/,
    ],
  },
  {
    name: 'host unreachable',
    kind: 'connection',
    wordings: [
      /\behostunreach\b|\benetunreach\b|\behostdown\b|\benetdown\b|\beaddrnotavail\b/,
      /\bno route to\b|\b(?:host|network|destination)(?: \S+){0,3} (?:is |was |are )?(?:unreachable|not reachable|down)\b|\bunreachable (?:host|network|destination)\b/,
    ],
  },
  {
    name: 'connecting timed out',
    kind: 'timeout',
    wordings: [
      /\bconnect(?:ion|ing)?\b(?: \S+){0,5} (?:timed ?out|time ?out|etimedout)\b/,
      /\b(?:connect|connection) etimedout\b|\bund err connect timeout\b/,
      /\btim(?:ed|e) ?out\b(?: \S+){0,4} (?:connecting|connect to|(?:establish|open)(?:ing)?(?: \S+){0,2} connection|handshake)\b/,
      /\b(?:could not|cannot|unable to|failed to) (?:connect|(?:establish|open) (?:a )?connection)\b.*\b(?:within|in time|timed out|timeout|after)\b/,
      /\bconnection attempt failed because the connected party did not\b/,
      /\b(?:no (?:answer|reply|syn ack)|did not (?:answer|complete))\b.*\b(?:handshake|connect)\b/,
    ],
  },
  {
    name: 'certificate expired',
    kind: 'certificate',
    wordings: [
      /\bcert(?:ificate)?s? (?:has |have |is |was |had )*(?:expired|out of date|lapsed|outdated|past its)\b/,
      /\bcert has expired\b|\bexpired(?: \S+){0,3} cert(?:ificate)?\b|\bcert(?:ificate)?\b(?: \S+){0,6} (?:expired|no longer valid|ran out|lapsed|not after)\b/,
    ],
  },
  {
    name: 'certificate not trusted',
    kind: 'certificate',
    wordings: [
      /\bself[ -]?signed\b|\bdepth zero\b|\bunable to (?:verify|get)(?: \S+){0,3} (?:certificate|issuer)\b|\bunable to (?:verify (?:the )?(?:first|leaf)|get(?: local)? issuer)\b/,
      /\b(?:unknown|untrusted|unrecogni[sz]ed|not trusted|missing)(?: \S+){0,2} (?:ca|authority|issuer|certificate|root)\b/,
      /\bcert(?:ificate)?\b.*\b(?:not trusted|untrusted|unknown (?:ca|authority|issuer)|chain|verify failed|verification failed|issuer)\b/,
      /\bx509\b.*\bauthority\b|\bpkix\b|\bcertification path\b|\btrust anchor\b/,
      /\bissuer\b.*\bcert(?:ificate)?\b/,
    ],
  },
  {
    name: 'certificate for another host',
    kind: 'certificate',
    wordings: [
      /\baltname\b|\bsubject alt(?:ernative)? names?\b/,
      /\b(?:host ?name|host|name|domain|common name)\b.*\b(?:does not|did not|not|mismatch|no)\b(?: \S+){0,4} ?\bcert(?:ificate)?\b/,
      /\bcert(?:ificate)?\b.*\b(?:does not (?:match|cover|list|include)|not valid for|is (?:valid |only )*for|mismatch|issued (?:for|to)|other (?:host|name))\b/,
    ],
  },
  {
    name: 'tls handshake failed',
    isGeneral: true,
    kind: 'certificate',
    wordings: [
      /\b(?:ssl|tls)\b.*\b(?:handshake|alert|protocol version|wrong version|unsupported protocol|no shared cipher|no ciphers?)\b/,
      /\bhandshake\b.*\b(?:fail|failed|failure|ssl|tls)\b|\beproto\b|\bwrong version number\b|\b(?:no )?(?:shared|common) cipher\b|\bcipher suites?\b/,
    ],
  },
  {
    name: 'proxy refused',
    wordings: [
      /\b407\b|\bproxy auth(?:entication)?\b|\bproxy\b.*\b(?:refus|reject|denied|requires|credentials|tunnel)|\btunneling socket\b|\bconnect tunnel\b/,
    ],
  },
  {
    name: 'address in use',
    wordings: [
      /\beaddrinuse\b|\b(?:address|port|socket)\b(?: \S+){0,4} (?:is |was )?(?:already |still )*(?:in use|taken|occupied|bound|being used)\b|\balready (?:listening|bound) (?:on|to)\b/,
      /\b(?:another|other|some) (?:process|program|service)\b.*\b(?:holds|has|uses|occupies|listening|listens)\b.*\bport\b/,
    ],
  },
  {
    name: 'too many redirects',
    wordings: [
      /\btoo many redirects?\b|\bredirect(?:ion)?s? (?:loop|limit|count|exceed)|\bmax(?:imum)? (?:number of )?redirects?\b|\bendless redirect|\bredirect(?:ed|ing|s)? (?:in (?:a )?circles?|forever|too often|more than)/,
    ],
  },
  {
    name: 'pool exhausted',
    wordings: [
      /\b(?:connection )?pool\b.*\b(?:exhaust|full|empty|drained|no (?:free|available)|timeout|timed out|limit|waiting|all (?:in use|busy))/,
      /\b(?:exhaust|no (?:free|available|idle)|all)\w*\b.*\b(?:connections?|clients?)\b.*\b(?:pool|in use|busy|checked out)\b/,
      /\b(?:resource request timed out|timeout acquiring a connection|timeout exceeded when trying to connect|acquire(?:ing)? (?:a )?(?:connection|client))\b/,
      /\b(?:no|without) (?:free|available|idle) connections?\b/,
    ],
  },
  {
    name: 'websocket closed',
    isGeneral: true,
    wordings: [/\bweb ?socket\b.*\b(?:clos|drop|disconnect|1006|1011|going away|handshake|not open)/],
  },
];
