import { readSecretFile } from './read-secret-file.ts';

/** The settings that are given, each as a text without anything around it. What is wrong is added to `problems`. */
export function readTexts(
  names: readonly string[],
  secretNames: readonly string[],
  environment: NodeJS.ProcessEnv,
  problems: string[],
): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of names) {
    const given = textOf(name, environment[name], problems);
    const file = secretNames.includes(name) ? textOf(`${name}_FILE`, environment[`${name}_FILE`], problems) : null;
    if (given !== null && file !== null) problems.push(`${name}: given twice, also as ${name}_FILE; keep one`);
    const text = file === null ? given : textOfFile(name, file, problems);
    if (text !== null) texts[name] = text;
  }
  return texts;
}

function textOfFile(name: string, file: string, problems: string[]): string | null {
  const { content, problem } = readSecretFile(file);
  if (content !== null && content.trim() !== '') return textOf(`${name}_FILE`, content, problems);
  problems.push(`${name}_FILE: ${problem ?? 'the file is empty'}`);
  return null;
}

/**
 * Without white space, byte order marks and carriage returns at either end, which come from a file or from an
 * editor; `null` when nothing else is there, which is as good as not given. Quotes are refused instead of taken away:
 * some readers of env files keep them, and a value that means something else elsewhere is a trap.
 */
function textOf(name: string, raw: string | undefined, problems: string[]): string | null {
  const text = raw?.trim() ?? '';
  if (text === '') return null;
  const problem = problemOf(text);
  if (problem === null) return text;
  problems.push(`${name}: ${problem}`);
  return null;
}

function problemOf(text: string): string | null {
  if (/^(["'`]).*\1$/s.test(text)) return 'has quotes around it, which would be part of the value; leave them out';
  if (/[\r\n]/.test(text)) return 'has more than one line';
  const [invisible] = /\p{Cc}|^\p{Cf}|\p{Cf}$/u.exec(text) ?? [];
  if (invisible === undefined) return null;
  const codePoint = invisible.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return `holds an invisible character (U+${codePoint}); write it again`;
}
