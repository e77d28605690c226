import { cruise, type ICruiseResult, type IModule } from 'dependency-cruiser';
import { layers, rules } from './rules.ts';

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** What breaks the dependency rules in `baseDir`/src, and how many modules were read to find out. */
export async function findViolations(
  baseDir: string,
): Promise<{ readonly modulesRead: number; readonly violations: readonly Violation[] }> {
  // TypeScript 7 has no API that dependency-cruiser could use, so swc reads the modules.
  const { output } = await cruise(
    ['src'],
    { baseDir, validate: true, ruleSet: { forbidden: [...rules] }, parser: 'swc', doNotFollow: 'node_modules' },
    {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser gave text instead of a graph: ${output}`);
  const modules = output.modules.filter(({ source }) => source.startsWith('src/'));
  return {
    modulesRead: modules.length,
    violations: [...brokenRules(output), ...badLayers(modules), ...strayPackages(modules)],
  };
}

const brokenRules = ({ summary }: ICruiseResult): Violation[] =>
  summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));

/** A layer without modules, because a rename would make its rules vacuous; a folder that no rule knows. */
function badLayers(modules: readonly IModule[]): Violation[] {
  const inLayer = Map.groupBy(modules, ({ source }) => /^src\/([^/]+)\//.exec(source)?.[1] ?? '');
  return [
    ...layers
      .filter((layer) => !inLayer.has(layer))
      .map((layer) => ({ rule: 'layers-are-not-empty', from: `src/${layer}/`, to: '' })),
    ...[...inLayer.keys()]
      .filter((folder) => folder !== '' && !layers.includes(folder))
      .map((folder) => ({ rule: 'every-folder-is-a-layer', from: `src/${folder}/`, to: '' })),
  ];
}

/** Pure computation, at home wherever no other rule forbids it; and kysely, whose two homes have a rule. */
const sharedPackages = ['zod', '@opentelemetry/api', 'canonicalize', 'kysely', 'jose'];

/** One home for each package, also for one that no rule names yet. */
function strayPackages(modules: readonly IModule[]): Violation[] {
  const homesOf = new Map<string, Map<string, string>>();
  for (const { source, dependencies } of modules) {
    const home = /^src\/(adapters\/[^/]+|[^/]+)\//.exec(source)?.[1] ?? 'src';
    for (const { resolved } of dependencies) {
      const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(resolved)?.[1];
      if (name === undefined || sharedPackages.includes(name)) continue;
      const homes = homesOf.get(name) ?? new Map<string, string>();
      homesOf.set(name, homes.set(home, source));
    }
  }
  return [...homesOf].flatMap(([name, homes]) =>
    homes.size < 2 ? [] : [...homes.values()].map((from) => ({ rule: 'packages-have-one-home', from, to: name })),
  );
}
