import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { type ProtocolServer, startProtocolServer } from '../start-protocol-server.ts';
import type { AppendAnswer } from './answers.ts';
import { Conversation } from './conversation.ts';

const makeFolder = () => mkdtempSync(join(tmpdir(), 'eventops-protocol-server-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => remove(folder));
  return folder;
}

export interface TestServer {
  readonly server: ProtocolServer;
  readonly conversation: Conversation;
  /** A name that no other test has. */
  readonly stream: string;
  /** A prefix of names and labels that no other test has. */
  readonly prefix: string;
}

/** One server for the tests of a file, and names of its own for each. */
export function withServer(): TestServer {
  const folder = makeFolder();
  const test: { server?: ProtocolServer; conversation?: Conversation; count: number } = { count: 0 };
  beforeAll(async () => {
    test.server = await startProtocolServer({ folder });
    test.conversation = new Conversation(test.server.port);
  });
  beforeEach(async () => {
    test.count += 1;
    await test.server?.faults.lift();
  });
  afterAll(async () => {
    test.conversation?.close();
    await test.server?.stop();
    remove(folder);
  });
  const started = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('the server runs only while tests do');
    return part;
  };
  return {
    get server() {
      return started(test.server);
    },
    get conversation() {
      return started(test.conversation);
    },
    get stream() {
      return `stream-${test.count}`;
    },
    get prefix() {
      return `t${test.count}-`;
    },
  };
}

/** The position that an append's answer names. */
export function positionIn(answer: AppendAnswer): number {
  if ('position' in answer && typeof answer.position === 'number') return answer.position;
  throw new Error(`not written: ${JSON.stringify(answer)}`);
}
