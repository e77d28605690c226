import { expect, it } from 'vitest';
import { readExposition } from '../../support/metrics/exposition.ts';
import { metricsOfAllParts } from '../../support/metrics/metrics-of-all-parts.ts';
import { textOf } from '../../support/project-files.ts';

const rowForm = /^\| `(eventops_\w+)` \| (\w+) \| ([^|]*)\|/gm;

const byText = (one: string, other: string) => one.localeCompare(other);

/** Name, type and labels of each metric in the table for operators. */
const documented = [...textOf('docs/metrics.md').matchAll(rowForm)].map(([, name = '', type, labels = '']) => ({
  ...{ name, type },
  labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(byText),
}));

async function exposed() {
  const text = await (await metricsOfAllParts()).metrics.text();
  const samples = readExposition(text);
  return [...text.matchAll(/^# TYPE (eventops_\w+) (\w+)$/gm)].map(([, name = '', type]) => {
    const own = new RegExp(`^${name}(_bucket|_sum|_count)?$`);
    const labels = samples.filter((sample) => own.test(sample.name)).flatMap((sample) => Object.keys(sample.labels));
    return { name, type, labels: [...new Set(labels)].filter((label) => label !== 'le').sort(byText) };
  });
}

it('every metric is in the table for operators with its type and its labels, and the table names no other', async () => {
  const byName = (one: { readonly name: string }, other: { readonly name: string }) => byText(one.name, other.name);
  expect(documented.sort(byName)).toEqual((await exposed()).sort(byName));
});

it('dashboards and alerts can rely on each metric to have a sample when something happened', async () => {
  const text = await (await metricsOfAllParts()).metrics.text();
  const sampled = new Set(readExposition(text).map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
  expect(documented.map(({ name }) => name).filter((name) => !sampled.has(name))).toEqual([]);
});
