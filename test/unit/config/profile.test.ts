import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { environmentOf } from '../../../src/config/profile.ts';

function profile(content: string, mode = 0o600) {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-profile-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'eventops'));
  const file = join(folder, 'eventops', 'prod');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return { XDG_CONFIG_HOME: folder, EVENTOPS_TOKEN: 'of the environment', LOG_LEVEL: 'warn' };
}

describe('a profile', () => {
  it('says where a system is and what lets in there, whatever the environment says of that', () => {
    const environment = profile('# production\nEVENTOPS_URL=https://events.example\nEVENTOPS_TOKEN_FILE=/run/token\n');
    expect(environmentOf('prod', environment)).toEqual({
      XDG_CONFIG_HOME: environment.XDG_CONFIG_HOME,
      LOG_LEVEL: 'warn',
      EVENTOPS_URL: 'https://events.example',
      EVENTOPS_TOKEN_FILE: '/run/token',
    });
    expect(environmentOf(null, environment)).toBe(environment);
  });

  it.each([0o640, 0o604, 0o620])('is refused when others may read or write it: %o', (mode) => {
    expect(() => environmentOf('prod', profile('EVENTOPS_TOKEN=secret', mode))).toThrow('chmod 600');
  });

  it.each([
    ['DATABASE_URL=secret', 'line 1: not one of'],
    ['EVENTOPS_URL=https://x\nsecret', 'line 2: not one of'],
  ])('with anything else in it is refused, without a word of it', (content, message) => {
    const refused = () => environmentOf('prod', profile(content));
    expect(refused).toThrow(message);
    expect(refused).not.toThrow('secret');
  });

  it.each(['../prod', '', 'a/b'])('is a name and no path: %j', (name) => {
    expect(() => environmentOf(name, profile(''))).toThrow('a name has');
  });

  it('that is not there is named with what to make', () => {
    expect(() => environmentOf('other', profile(''))).toThrow(/there is no .*eventops\/other/);
  });
});
