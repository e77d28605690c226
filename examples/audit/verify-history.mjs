// Checks the hash chain of one event's history, knowing nothing but the rule in docs/histories.md.
//   curl -s -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/v1/events/$ID/history | node examples/audit/verify-history.mjs
import { createHash } from 'node:crypto';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
// RFC 8785 for the JSON that histories hold: members sorted by name, no white space.
const canonical = (value) =>
  Array.isArray(value)
    ? `[${value.map(canonical)}]`
    : value !== null && typeof value === 'object'
      ? `{${Object.keys(value)
          .sort()
          .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)}}`
      : JSON.stringify(value);

let text = '';
for await (const chunk of process.stdin) text += chunk;
let previous = '0'.repeat(64);
for (const [index, { data, hash, ...envelope }] of JSON.parse(text).items.entries()) {
  const computed = sha256(canonical({ ...envelope, dataSha256: sha256(canonical(data)) }));
  const holds = envelope.revision === index && envelope.prevHash === previous && computed === hash;
  console.log(`${holds ? 'valid  ' : 'BROKEN '} ${index} ${envelope.type} ${hash}`);
  if (!holds) process.exitCode = 1;
  previous = hash;
}
