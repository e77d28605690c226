import { describe, expect, it } from 'vitest';
import { formatVerifierKey } from '../../../../src/application/transparency/keys.ts';
import { parsePolicy, policyOfKey } from '../../../../src/application/transparency/policies.ts';
import { logKey, testKey, witnessKeys } from '../../../support/transparency/test-keys.ts';

const log = formatVerifierKey(logKey);
const [w1 = '', w2 = ''] = witnessKeys.map(formatVerifierKey);

describe('a policy', () => {
  it('is read as C2SP tlog-policy says: comments, white space and URLs', () => {
    const text = `# who is trusted\n\n \t log\t${log}  https://log.example/audit \nwitness a ${w1} https://w.example/\n  # more\nwitness b ${w2}\ngroup g 2 a b\nquorum g`;
    expect(parsePolicy(text)).toMatchObject({
      logs: [{ key: { name: logKey.name }, url: 'https://log.example/audit' }],
      witnesses: [
        { name: 'a', url: 'https://w.example/' },
        { name: 'b', url: null },
      ],
      quorum: { kind: 'group', name: 'g', atLeast: 2, members: [{ name: 'a' }, { name: 'b' }] },
    });
  });

  it('takes 32 logs, witnesses and groups, and more', () => {
    const lines = Array.from({ length: 40 }, (_, at) => [
      `log ${formatVerifierKey(testKey(`l${at}`, 10 + at))}`,
      `witness w${at} ${formatVerifierKey(testKey(`w${at}`, 100 + at, 4))}`,
      `group g${at} any w${at}`,
    ]);
    const policy = parsePolicy([...lines.flat(), 'quorum none'].join('\n'));
    expect([policy.logs.length, policy.witnesses.length]).toEqual([40, 40]);
  });

  it.each([
    ['', 'The policy: has no line with the quorum'],
    [`log ${log}`, 'The policy: has no line with the quorum'],
    ['quorum none\nquorum none', 'Line 2 of the policy: is a second line with a quorum'],
    ['quorum a', 'Line 1 of the policy: names a, which no line before defines'],
    ['quorum', 'Line 1 of the policy: is not: quorum <name>'],
    ['trust me', 'Line 1 of the policy: begins with none of log, witness, group and quorum'],
    ['constructor x', 'begins with none of'],
    [`log ${log} url more`, 'is not: log <vkey> [<url>]'],
    [`log ${log}\nlog ${log}`, 'Line 2 of the policy: repeats the key of another line'],
    [`log ${w1}`, 'is a key that cosigns them as a witness, and here is one that signs the checkpoints of a log'],
    [`witness a ${log}`, 'is a key that signs the checkpoints of a log'],
    [`witness none ${w1}`, 'defines none, which is defined already'],
    [`witness a ${w1}\nwitness a ${w2}`, 'defines a, which is defined already'],
    [`witness a ${w1}\nwitness b ${w1}`, 'repeats the key of another line'],
    [`witness a ${w1}\ngroup g 2 a`, 'has 2 of 1 as its threshold'],
    [`witness a ${w1}\ngroup g 0 a`, 'has 0 of 1 as its threshold'],
    [`witness a ${w1}\ngroup g most a`, 'has most of 1 as its threshold'],
    [`witness a ${w1}\ngroup g constructor a`, 'has constructor of 1 as its threshold'],
    ['group g any', 'is not: group <name>'],
    ['group g any none', 'names none, which no line before defines'],
    [`witness a ${w1}\ngroup g any a\ngroup h any a`, 'has a, which is a member already'],
    [`witness a ${w1}\ngroup g all a a`, 'has a, which is a member already'],
    ['quorum none\r', 'The policy: has control characters in it'],
  ])('is refused: %j', (text, problem) => {
    expect(() => parsePolicy(text)).toThrow(problem);
  });

  it('of a single key needs no witness, and takes no key of one', () => {
    expect(policyOfKey(logKey)).toMatchObject({ logs: [{ key: logKey }], quorum: { kind: 'none' } });
    expect(() => policyOfKey(witnessKeys[0] ?? logKey)).toThrow('cosigns them as a witness');
  });
});
