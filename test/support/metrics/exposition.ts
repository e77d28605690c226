/** One sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleForm = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelForm = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\\\|\\"|\\n)*)"(?:,|$)/y;
const unescaped: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/**
 * Reads Prometheus' text format as strictly as it is specified.
 * @throws when a line is none of it, a value is no number, or two samples are of one series.
 */
export function readExposition(text: string): readonly Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const samples = lines.map(readSample);
  const seen = new Set<string>();
  for (const { name, labels } of samples) {
    const names = Object.keys(labels).toSorted((one, other) => one.localeCompare(other));
    const series = JSON.stringify([name, names.map((label) => [label, labels[label]])]);
    if (seen.has(series)) throw new Error(`Two samples are of one series: ${series}`);
    seen.add(series);
  }
  return samples;
}

function readSample(line: string): Sample {
  const [, name, labels = '', number] = sampleForm.exec(line) ?? [];
  if (name === undefined || number === undefined) throw new Error(`This is no sample: ${JSON.stringify(line)}`);
  const value = /^[+-]Inf$/.test(number) ? Number(number.replace('Inf', 'Infinity')) : Number(number);
  if (Number.isNaN(value) && number !== 'Nan') throw new Error(`This is no value: ${JSON.stringify(line)}`);
  return { name, labels: readLabels(labels), value };
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  labelForm.lastIndex = 0;
  for (let at = 0; at < text.length; at = labelForm.lastIndex) {
    const [, name, value] = labelForm.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`These are no labels: ${JSON.stringify(text)}`);
    labels[name] = value.replaceAll(/\\[\\"n]/g, (escape) => unescaped[escape] as string);
  }
  return labels;
}

/** The sum of the samples of that name with these labels. */
export const sumOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) =>
  samples
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);

/** What each series of that name has, by the value of one of its labels. */
export const valuesOf = (samples: readonly Sample[], name: string, label: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    samples.filter((sample) => sample.name === name).map(({ labels, value }) => [labels[label] ?? '', value]),
  );
