import { Button, Group, Slider, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { usePermission } from '../../session/context.ts';
import { isNow, type Moment } from './moment.ts';
import { useHistory } from './use-history.ts';

/** Back to what was known then. The moments are those at which something happened. */
export function TimeSlider({ id, moment, revision }: { id: string; moment: Moment; revision: number }) {
  const isPermitted = usePermission('audit:read');
  const go = useNavigate({ from: '/events/$id' });
  // All of it, whatever moment is shown.
  const { data } = useHistory(id, isNow(moment) ? revision : -1, {});
  if (!isPermitted || data === undefined) return null;
  const moments = [...new Set(data.items.map(({ recordedAt }) => recordedAt))];
  const last = moments.length - 1;
  if (last < 1) return null;
  const at =
    moment.asOf === undefined
      ? last
      : Math.max(
          0,
          moments.findLastIndex((each) => each <= (moment.asOf ?? '')),
        );
  const show = (index: number) =>
    void go({ search: index === last || moments[index] === undefined ? {} : { asOf: moments[index] }, replace: true });
  return (
    <Group>
      <Slider
        flex={1}
        miw={200}
        min={0}
        max={last}
        value={at}
        label={(index) => moments[index] ?? ''}
        thumbLabel="As of"
        onChange={show}
      />
      <Text size="sm">{isNow(moment) ? 'now' : (moment.asOf ?? `position ${moment.asOfPosition}`)}</Text>
      {!isNow(moment) && (
        <Button variant="default" size="compact-sm" onClick={() => void go({ search: {} })}>
          Back to now
        </Button>
      )}
    </Group>
  );
}
