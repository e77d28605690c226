import { textOf } from '../project-files.ts';

/** The table of docs/operating.md: which role has which permission. `replayRole` stands for the setting. */
export function documentedPermissions(replayRole: 'operator' | 'admin' = 'admin') {
  const rows = textOf('docs/operating.md')
    .split('\n')
    .filter((line) => /^\| (permission|`[a-z]+:[a-z]+`) \|/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [[, , ...roles] = [], ...permissions] = rows;
  const isYes = (cell: string | undefined) =>
    cell === 'yes' || (cell === 'with `REPLAY_ROLE=operator`' && replayRole === 'operator');
  return {
    roles,
    permissions: permissions.map(([name = '']) => name.replaceAll('`', '')),
    has: (role: string, permission: string) => {
      const row = permissions.find(([name]) => name === `\`${permission}\``);
      if (row === undefined) throw new Error(`docs/operating.md has no permission ${permission}`);
      return isYes(row[2 + roles.indexOf(role)]);
    },
  };
}
