// The drawing of a chart: stacked bars or lines in SVG, over the periods, and what they say under the pointer.
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';

import type { Marker, Point, Series } from './chart';

const LEFT = 56;
const BOTTOM = 22;
const TOP = 8;
const LABEL_WIDTH = 72;

interface Props {
  points: Point[];
  series: Series[];
  write: (value: number) => string;
  writePeriod: (period: string) => string;
  markers?: Marker[];
  height: number;
  lines?: boolean;
}

/** A value as it is written; none where a line has a gap. */
export function written(point: Point, key: string, write: (value: number) => string, lines = false): string {
  const value = point.values.get(key);
  return value === undefined && lines ? '–' : write(value ?? 0);
}

/** Round numbers from 0 to beyond the largest value: 0, 500, 1000. */
function ticksUpTo(most: number): number[] {
  if (most <= 0) return [0];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

export function Drawing({ points, series, write, writePeriod, markers = [], height, lines }: Props) {
  const { ref, width } = useElementSize();
  const [at, setAt] = useState(-1);
  const tops = points.map((point) => series.map((one) => point.values.get(one.key) ?? 0).reduce((top, value) => (lines ? Math.max(top, value) : top + value), 0));
  const ticks = ticksUpTo(Math.max(0, ...tops));
  const top = ticks.at(-1) || 1;
  const inner = Math.max(0, width - LEFT);
  const slot = points.length ? inner / points.length : 0;
  const bar = Math.max(1, Math.min(slot * 0.72, 48));
  const scale = (height - BOTTOM - TOP) / top;
  const y = (value: number) => height - BOTTOM - value * scale;
  const labelEvery = Math.max(1, Math.ceil(LABEL_WIDTH / (slot || 1)));
  const marked = new Map(markers.map((marker) => [marker.period, marker.label]));
  const point = points[at];
  const middle = (index: number) => LEFT + (index + 0.5) * slot;
  return (
    <div ref={ref} style={{ position: 'relative', height }} onMouseLeave={() => setAt(-1)}>
      <svg width={width} height={height} style={{ display: 'block' }}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--alias-line)" />
            <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className="chart-text">
              {write(tick)}
            </text>
          </g>
        ))}
        {points.map((one, index) => {
          let base = 0;
          const left = LEFT + index * slot;
          return (
            <g key={one.period} onMouseEnter={() => setAt(index)}>
              <rect x={left} y={0} width={slot} height={height} fill={index === at ? 'var(--alias-ground)' : 'transparent'} />
              {series.map((part) => {
                const value = one.values.get(part.key) ?? 0;
                base = lines ? Math.max(base, value) : base + value;
                if (lines || value <= 0) return null;
                return <rect key={part.key} x={left + (slot - bar) / 2} y={y(base)} width={bar} height={Math.max(value * scale, 1)} rx={1.5} fill={part.colour} />;
              })}
              {marked.has(one.period) && (
                <text x={left + slot / 2} y={y(base) - 5} textAnchor="middle" className="chart-mark">
                  ◆
                </text>
              )}
              {index % labelEvery === 0 && left + LABEL_WIDTH / 2 < width && (
                <text x={Math.max(left + slot / 2, LEFT + 14)} y={height - 5} textAnchor="middle" className="chart-text">
                  {writePeriod(one.period)}
                </text>
              )}
            </g>
          );
        })}
        {lines && series.map((one) => <Line key={one.key} series={one} points={points} x={middle} y={y} />)}
      </svg>
      {point && (
        <div className="panel chart-tip" style={{ left: Math.min(LEFT + at * slot + slot, Math.max(0, width - 220)) }}>
          <b>{writePeriod(point.period)}</b>
          {series.map((one) => (
            <div key={one.key} className="chart-tip-row">
              <span>
                <i style={{ background: one.colour }} /> {one.name}
              </span>
              <span className="number">{written(point, one.key, write, lines)}</span>
            </div>
          ))}
          {marked.has(point.period) && <div>◆ {marked.get(point.period)}</div>}
        </div>
      )}
    </div>
  );
}

/** The values of a series, joined where one follows the other; each is a dot, too, so that one alone is seen. */
function Line({ series, points, x, y }: { series: Series; points: Point[]; x: (index: number) => number; y: (value: number) => number }) {
  let pen = 'M';
  const path = points.map((point, index) => {
    const value = point.values.get(series.key);
    const step = value === undefined ? '' : `${pen}${x(index).toFixed(1)},${y(value).toFixed(1)}`;
    pen = value === undefined ? 'M' : 'L';
    return step;
  });
  return (
    <g pointerEvents="none">
      <path d={path.join('')} fill="none" stroke={series.colour} strokeWidth={1.75} strokeLinejoin="round" />
      {points.map((point, index) => {
        const value = point.values.get(series.key);
        return value !== undefined && <circle key={point.period} cx={x(index)} cy={y(value)} r={2} fill={series.colour} />;
      })}
    </g>
  );
}
