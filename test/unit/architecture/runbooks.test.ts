import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertName, runbookOf } from '../../../scripts/alerts/alert.ts';
import { alerts } from '../../../scripts/alerts/alerts.ts';
import { usualPace } from '../../../scripts/alerts/pace.ts';
import { readRunbook } from '../../support/observability/runbook.ts';
import { projectFiles, textOf } from '../../support/project-files.ts';

const all = alerts(usualPace);
const { groups } = parse(textOf('infra/prometheus/rules.yml'));
const rules = groups[0].rules.filter((rule: object) => 'alert' in rule);

describe('alerts', () => {
  it('each have a name of their own, a severity, and say what it is and what it means', () => {
    expect(new Set(all.map(alertName)).size).toBe(all.length);
    for (const { name, severity, summary, description } of all) {
      expect(name).toMatch(/^([A-Z][a-z]+)+$/);
      expect(['critical', 'warning']).toContain(severity);
      expect([summary.length > 10, description.length > 40]).toEqual([true, true]);
      expect([summary, description]).toEqual([expect.not.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
    }
  });

  it('are the rules that Prometheus reads, with their runbooks', () => {
    const written = all.map((alert) => [alertName(alert), alert.severity, runbookOf(alert)]);
    expect(
      rules.map(({ alert, labels, annotations }: (typeof rules)[number]) => [
        alert,
        labels.severity,
        annotations.runbook_url,
      ]),
    ).toEqual(written);
  });

  it('each have a runbook, and each runbook has an alert', () => {
    const pages = projectFiles('docs/runbooks').filter((path) => !path.endsWith('README.md'));
    expect(pages.toSorted()).toEqual(all.map(runbookOf).toSorted());
  });
});

describe('runbooks', () => {
  it.each(all.map(runbookOf))('begin with the first three commands to run: %s', (path) => {
    expect(readRunbook(path).firstCommands).toHaveLength(3);
  });

  it.each(all.map(runbookOf))('use only what docs/runbooks/README.md explains: %s', (path) => {
    const explained = textOf('docs/runbooks/README.md');
    for (const command of readRunbook(path).firstCommands) {
      expect(command).toMatch(/^(curl|psql|rabbitmqctl|bin\/eventops) /);
      for (const [, variable = ''] of command.matchAll(/\$([A-Z_]+)/g)) expect(explained).toContain(`${variable}=`);
    }
  });
});
