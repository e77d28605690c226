// oxlint-disable-next-line import/no-unassigned-import -- Vite takes styles from there.
import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { asked } from '../../api/client.ts';
import { Section } from '../../components/section.tsx';
import { useSession } from '../../session/context.ts';
import { type Bucket, bucketMs, periods } from './period.ts';
import { columnsOf, lines } from './traffic-columns.ts';

const AGAIN_MS = 5_000;
const HEIGHT = 220;

/** A time of the axis, in UTC. */
const named = (seconds: number, bucket: Bucket) => {
  const time = new Date(seconds * 1_000).toISOString();
  return bucket === '1d' ? time.slice(5, 10) : time.slice(11, 16);
};

/** Received, processed, failed and dead over time. The figures are beside it as text. */
export default function Traffic({ bucket }: { bucket: Bucket }) {
  const { api } = useSession();
  const { data } = useQuery({
    queryKey: ['statistics', 'status', bucket],
    queryFn: () => asked(api.GET('/v1/stats', { params: { query: { by: 'status', bucket } } })),
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
  });
  const scheme = useComputedColorScheme();
  const { ref, width } = useElementSize();
  const drawn = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const columns = data?.by === 'status' ? columnsOf(data, bucketMs[bucket]) : null;

  useEffect(() => {
    if (drawn.current === null || width === 0) return;
    const ink = scheme === 'dark' ? '#c9c9c9' : '#343a40';
    const axis = { stroke: ink, grid: { stroke: scheme === 'dark' ? '#3b3b3b' : '#e9ecef', width: 1 } };
    plot.current = new UPlot(
      {
        ...{ width, height: HEIGHT },
        axes: [{ ...axis, values: (_, times) => times.map((time) => named(time, bucket)) }, axis],
        scales: { y: { range: (_, _least, most) => [0, Math.max(5, most * 1.1)] } },
        series: [
          { label: 'UTC', value: (_, time) => (time === null ? '' : named(time, bucket)) },
          ...lines.map(({ label, colors }) => ({ label, stroke: colors[scheme], width: 2, points: { show: false } })),
        ],
      },
      [[], ...lines.map(() => [])] as unknown as UPlot.AlignedData,
      drawn.current,
    );
    return () => plot.current?.destroy();
  }, [width, scheme, bucket]);
  useEffect(() => {
    if (columns !== null) plot.current?.setData(columns);
  }, [columns, width, scheme, bucket]);

  return (
    <Section title={`Events in ${periods[bucket]}`}>
      <div ref={ref}>
        <div ref={drawn} role="img" aria-label="Received, processed, failed and dead events over time" />
      </div>
    </Section>
  );
}
