// A chart over time, with the same numbers as a table for whoever reads better there.
import { Group, SegmentedControl, Table, Text } from '@mantine/core';
import { useState } from 'react';

import { t } from '../words';
import { Drawing, written } from './chart-drawing';

export interface Series {
  /** Of its values in each point. */
  key: string;
  /** What is read. */
  name: string;
  colour: string;
  /** What it is the only one of, where that can be chosen. */
  only?: string;
}

export interface Point {
  period: string;
  /** By series; one that has no value at that time is not in it. */
  values: Map<string, number>;
}

export interface Marker {
  period: string;
  label: string;
}

interface Props {
  title: string;
  points: Point[];
  series: Series[];
  write: (value: number) => string;
  writePeriod: (period: string) => string;
  markers?: Marker[];
  height?: number;
  /** A line a series; else their values are stacked. A time without a value is a gap then, and else 0. */
  lines?: boolean;
  /** A click on a name below the chart: only that is shown. */
  onOnly?: (of: string) => void;
}

/** Colours of series, told apart by most eyes; the last is for the rest. */
export const COLOURS = ['#4c6ef5', '#12b886', '#f08c00', '#e64980', '#15aabf', '#9c36b5', '#74b816', '#868e96'];

export const FAILED = '#e03131';

export function Chart(props: Props) {
  const { title, points, series, write, writePeriod, markers = [], height = 240, lines, onOnly } = props;
  const [as, setAs] = useState('chart');
  return (
    <figure style={{ margin: 0 }} aria-label={title}>
      <Group justify="space-between" mb="xs" gap="xs">
        <Text component="figcaption" fw={650} size="sm">
          {title}
        </Text>
        <SegmentedControl size="xs" aria-label={t`${title} as`} data={[{ value: 'chart', label: t`Chart` }, { value: 'table', label: t`Table` }]} value={as} onChange={setAs} />
      </Group>
      {as === 'chart' ? (
        <>
          <div aria-hidden style={{ height }}>
            <Drawing {...props} height={height} />
          </div>
          {series.length > 1 && (
            <Group gap="md" mt={6}>
              {series.map((one) => {
                const { only } = one;
                const sign = <i style={{ background: one.colour }} />;
                if (!onOnly || only === undefined)
                  return (
                    <span key={one.key} className="legend" aria-hidden>
                      {sign} {one.name}
                    </span>
                  );
                return (
                  <button key={one.key} type="button" className="text-button legend" title={t`Only ${one.name}`} onClick={() => onOnly(only)}>
                    {sign} {one.name}
                  </button>
                );
              })}
            </Group>
          )}
          {markers.length > 0 && (
            <Text size="xs" c="dimmed" mt={4}>
              ◆ {markers.map((marker) => `${writePeriod(marker.period)}: ${marker.label}`).join(' · ')}
            </Text>
          )}
        </>
      ) : (
        <div className="table-scroll" style={{ maxHeight: height + 80, overflowY: 'auto' }} tabIndex={0} role="region" aria-label={t`${title}, table`}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t`Time (UTC)`}</Table.Th>
                {series.map((one) => (
                  <Table.Th key={one.key} ta="right">
                    {one.name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {points.map((point) => (
                <Table.Tr key={point.period}>
                  <Table.Td>{writePeriod(point.period)}</Table.Td>
                  {series.map((one) => (
                    <Table.Td key={one.key} ta="right" className="number">
                      {written(point, one.key, write, lines)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </figure>
  );
}
