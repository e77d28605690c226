import { findViolations } from './dependencies/find-violations.ts';
import { rules } from './dependencies/rules.ts';

const { modulesRead, violations } = await findViolations(process.cwd());
for (const { rule, from, to } of violations) {
  const comment = rules.find(({ name }) => name === rule)?.comment ?? '';
  console.error(`${rule}: ${from}${to === '' ? '' : ` → ${to}`}\n    ${comment}`);
}
if (modulesRead === 0) console.error('No module was read, so nothing was checked');
console.log(`${modulesRead} modules, ${rules.length} rules, ${violations.length} violations`);
process.exitCode = violations.length > 0 || modulesRead === 0 ? 1 : 0;
