import { randomInt } from 'node:crypto';
import type { SecretSource } from '../../application/ports/secret-source.ts';

export const systemSecretSource: SecretSource = { integer: (below) => randomInt(below) };
