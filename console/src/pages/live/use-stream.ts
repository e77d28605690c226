import { useEffect, useRef, useState } from 'react';
import { useSession } from '../../session/context.ts';
import type { LiveFilters } from './live-filters.ts';
import { readMessages } from './read-stream.ts';

export interface LiveTransition {
  readonly position: string;
  readonly eventId: string;
  readonly transition: string;
  readonly status: string;
  readonly type: string;
  readonly source: string;
  readonly recordedAt: string;
  readonly error: string | null;
  readonly reason: string | null;
}

/** The newest that are kept. */
const KEPT = 300;
const AGAIN_MS = 2_000;
const DRAWN_MS = 250;

/** What happens, the newest first. A connection that is lost goes on behind the last message; what came is drawn four times a second, however much it is. */
export function useStream(filters: LiveFilters, isPaused: boolean) {
  const { token } = useSession();
  const [transitions, setTransitions] = useState<readonly LiveTransition[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const query = new URLSearchParams({ recent: '20', ...filters }).toString();
  const lastId = useRef<string | null>(null);
  useEffect(() => {
    setTransitions([]);
    lastId.current = null;
  }, [query]);
  useEffect(() => {
    if (isPaused) return;
    const ending = new AbortController();
    let came: LiveTransition[] = [];
    const draw = setInterval(() => {
      if (came.length === 0) return;
      const drawn = came.toReversed();
      came = [];
      setTransitions((before) => newestOf([...drawn, ...before]));
    }, DRAWN_MS);
    const follow = async () => {
      const answer = await fetch(`/v1/stream?${query}`, {
        headers: {
          authorization: `Bearer ${token}`,
          ...(lastId.current === null ? {} : { 'last-event-id': lastId.current }),
        },
        signal: ending.signal,
      });
      if (!answer.ok || answer.body === null) {
        const { title, detail } = (await answer.json()) as { title?: string; detail?: string };
        setProblem(detail ?? title ?? `The answer has status ${answer.status}`);
        if (answer.status < 500 && answer.status !== 429) ending.abort();
        return;
      }
      setProblem(null);
      await readMessages(answer.body, ({ id, name, data }) => {
        if (id !== null) lastId.current = id;
        if (name === 'message' && data !== '') came.push(JSON.parse(data) as LiveTransition);
        if (name === 'ended') setProblem(`The stream ended: ${data}. It is asked for again.`);
      });
    };
    const again = async () => {
      while (!ending.signal.aborted) {
        await follow().catch((error: Error) => {
          if (!ending.signal.aborted) setProblem(`The connection was lost: ${error.message}. It is opened again.`);
        });
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    };
    void again();
    return () => {
      ending.abort();
      clearInterval(draw);
    };
  }, [query, token, isPaused]);
  return { transitions, problem };
}

/** Each once: after a pause, some come again. */
const newestOf = (transitions: readonly LiveTransition[]) =>
  [...new Map(transitions.map((each) => [each.position, each])).values()].slice(0, KEPT);
