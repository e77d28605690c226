import { expect, it } from 'vitest';
import { secretSettingNames, settingNames } from '../../../src/config/config.ts';
import { textOf } from '../../support/project-files.ts';

const settingsSection = textOf('docs/operating.md').split('\n## Settings\n')[1]?.split('\n## ')[0] ?? '';

/** Names in the first column of the table. */
const documented = settingsSection
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((row) => row.split('|')[1]?.match(/[A-Z][A-Z_]+/g) ?? []);

it('every setting is in the guide for operators once, and the guide names no other', () => {
  expect([...documented].sort()).toEqual([...settingNames].sort());
});

it('the settings that may be files are those that may hold a password', () => {
  expect(settingsSection).toContain(
    'The three URLs of servers may hold a password, as `OTEL_EXPORTER_OTLP_HEADERS` may, and `EVENTOPS_TOKEN`, `OPENAI_API_KEY` and `GEMINI_API_KEY` are such: each can be handed over as a file',
  );
  const urls = ['EVENTSTORE_URL', 'DATABASE_URL', 'AMQP_URL'];
  const others = ['EVENTOPS_TOKEN', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'OTEL_EXPORTER_OTLP_HEADERS'];
  expect(secretSettingNames).toEqual([...urls, ...others]);
});
