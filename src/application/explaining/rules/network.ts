import { change, look, type Rule, replay } from './rule.ts';

/** Connections that were not made, or broke. */
export const networkRules: readonly Rule[] = [
  {
    name: 'dns',
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|EAI_NODATA|NXDOMAIN|name or service not known|could not resolve host|no such host|(?:dns|name) (?:lookup|resolution) failed|temporary failure in name resolution)\b/i,
    summary: 'The name of a host could not be resolved.',
    cause: 'The host name is wrong or unknown in this network, or the DNS server did not answer.',
    confidence: 'high',
    steps: [
      look('See whether the name resolves where the worker runs', 'getent hosts <name>'),
      change('Correct the host name in the settings of the handler, or the DNS entry'),
      replay('once the name resolves'),
    ],
  },
  {
    name: 'refused',
    pattern:
      /\b(?:ECONNREFUSED|connection refused|refused (?:the connection|to connect)|actively refused|refused a connection)\b/i,
    summary: 'A server refused the connection.',
    cause: 'Nothing listens at the address and port: the server is down or restarting, or the port is wrong.',
    confidence: 'high',
    steps: [
      look('See whether the server runs and listens there', 'nc -vz <host> <port>'),
      change('Start the server, or correct the address in the settings of the handler'),
      replay('once the server accepts connections'),
    ],
  },
  {
    name: 'tls',
    pattern:
      /\b(?:CERT_[A-Z_]+|ERR_TLS_[A-Z_]+|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT\w*|SELF_SIGNED_CERT_IN_CHAIN|self[- ]signed certificate|certificate (?:has expired|is not yet valid|verify failed|verification failed|signed by unknown authority|is not trusted|expired)|unable to (?:verify|get)(?: the)? (?:first|local issuer) certificate|ssl handshake|tls handshake|wrong version number|handshake failure|hostname\/IP does not match|EPROTO|ERR_SSL\w*)\b/i,
    summary: 'A secure connection could not be made.',
    cause:
      'The certificate of the server has expired, names another host, or is from an authority that this machine does not trust; or one side speaks no TLS.',
    confidence: 'high',
    steps: [
      look(
        'See which certificate the server shows and until when it is valid',
        'openssl s_client -connect <host>:<port> -servername <host> </dev/null | openssl x509 -noout -subject -issuer -dates',
      ),
      change('Renew the certificate, or make its authority known with NODE_EXTRA_CA_CERTS'),
      replay('once the certificate is good'),
    ],
  },
  {
    name: 'reset',
    pattern:
      /\b(?:ECONNRESET|EPIPE|ECONNABORTED|socket hang up|broken pipe|connection (?:was )?(?:reset|closed|aborted|lost|terminated)(?: by peer| unexpectedly)?|closed the connection|other side closed|UND_ERR_SOCKET|premature close|terminated unexpectedly)\b/i,
    summary: 'A connection was closed before the answer had come.',
    cause:
      'The other side restarted, ran into its own timeout or crashed, or something between closes idle connections.',
    confidence: 'medium',
    steps: [
      look('See in the logs of the other side whether it restarted or failed at that time'),
      change('Keep connections shorter alive than the other side does, where they are kept'),
      replay('once the other side answers'),
    ],
  },
  {
    name: 'timeout',
    pattern:
      /\b(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|TimeoutError|DeadlineExceeded|HandlerTimeout|deadline exceeded|timed? ?out|timeout of \S+ exceeded|timeout (?:exceeded|expired|reached)|took longer than|no answer within|did not (?:answer|finish|end|respond) (?:in time|within)|exceeded (?:its|the) (?:deadline|timeout))\b/i,
    summary: 'Something took longer than it may.',
    cause: 'The other side is slow or overloaded, a connection hangs, or the time allowed is too short for this work.',
    confidence: 'medium',
    steps: [
      look('See how long earlier attempts took, and whether all events of this type are slow', 'bin/eventops stats'),
      change('Give the handler more time with timeoutMs where the work needs it'),
      replay('once the other side is as fast as usual'),
    ],
  },
  {
    name: 'unreachable',
    pattern:
      /\b(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|no route to host|network is (?:unreachable|down)|host is down)\b/i,
    summary: 'There is no way in the network to the host.',
    cause: 'A route, a firewall or the host itself is down.',
    confidence: 'high',
    steps: [
      look('See whether the host is reached from where the worker runs', 'ping -c 3 <host>'),
      change('Correct the route or the rule of the firewall'),
      replay('once the host is reached'),
    ],
  },
];
