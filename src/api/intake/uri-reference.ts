const unreserved = "A-Za-z0-9\\-._~!$&'()*+,;=";
const encoded = '%[0-9A-Fa-f]{2}';
const segment = new RegExp(`^(?:[${unreserved}:@/]|${encoded})*$`);
const queryOrFragment = new RegExp(`^(?:[${unreserved}:@/?]|${encoded})*$`);
const authority = new RegExp(
  `^(?:(?:[${unreserved}:]|${encoded})*@)?(?:\\[[0-9A-Fa-f:.]+\\]|\\[v[0-9A-Fa-f]+\\.[${unreserved}:]+\\]|(?:[${unreserved}]|${encoded})*)(?::\\d*)?$`,
);
/** https://www.rfc-editor.org/rfc/rfc3986#appendix-B, which splits any text. */
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*$/;

/** Whether a text is a URI or a relative reference of RFC 3986, such as `https://shop.example/eu?x=1`, `/eu` or `eu`. */
export function isUriReference(text: string): boolean {
  const [, given, host, path = '', query = '', fragment = ''] = parts.exec(text) ?? [];
  return (
    (given === undefined || scheme.test(given)) &&
    (host === undefined ? !path.startsWith('//') : authority.test(host) && (path === '' || path.startsWith('/'))) &&
    segment.test(path) &&
    queryOrFragment.test(query) &&
    queryOrFragment.test(fragment)
  );
}
