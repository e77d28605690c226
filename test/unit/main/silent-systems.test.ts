import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { bodyOf, NoAnswer, openAnswer } from '../../../src/main/ask-system.ts';

const LONGEST_MS = 100;

async function opened(listener: RequestListener, longestMs = LONGEST_MS): Promise<Response> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return openAnswer(readConfig({ EVENTOPS_TOKEN: 'a-token' }), '/', { at, longestMs });
}

async function textOf(answer: Response, longestMs = LONGEST_MS): Promise<string> {
  let text = '';
  for await (const chunk of bodyOf(answer, longestMs)) text += Buffer.from(chunk).toString();
  return text;
}

describe('a system that goes silent', () => {
  it('before it answers is given up', async () => {
    await expect(opened(() => {})).rejects.toThrow(NoAnswer);
  });

  it('within an answer is given up', async () => {
    const answer = await opened((_, response) => void response.write('the beginning'));
    await expect(textOf(answer)).rejects.toThrow(/^No answer from http:.* \(nothing came for 0.1 s\)/);
  });

  it('within a refusal is not waited for either', async () => {
    const refused = opened((_, response) => void response.writeHead(503).write('{'));
    await expect(refused).rejects.toThrow('Refused with the status 503');
  });

  it('for less than that at a time is heard to its end, however long it takes in all', async () => {
    const answer = await opened((_, response) => {
      let pieces = 0;
      const timer = setInterval(() => {
        response.write('piece ');
        pieces += 1;
        if (pieces < 10) return;
        clearInterval(timer);
        response.end();
      }, LONGEST_MS);
    }, LONGEST_MS * 6);
    expect(await textOf(answer, LONGEST_MS * 6)).toBe('piece '.repeat(10));
  });
});
