// The drawing of a chart: stacked bars in SVG, one for each period, and what they say under the pointer.
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
}

/** Round numbers from 0 to beyond the largest value: 0, 500, 1000. */
function ticksUpTo(most: number): number[] {
  if (most <= 0) return [0];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

export function Drawing({ points, series, write, writePeriod, markers = [], height }: Props) {
  const { ref, width } = useElementSize();
  const [at, setAt] = useState(-1);
  const sums = points.map((point) => series.reduce((sum, one) => sum + Number(point[one.name] ?? 0), 0));
  const ticks = ticksUpTo(Math.max(0, ...sums));
  const top = ticks.at(-1) || 1;
  const inner = Math.max(0, width - LEFT);
  const slot = points.length ? inner / points.length : 0;
  const bar = Math.max(1, Math.min(slot * 0.72, 48));
  const scale = (height - BOTTOM - TOP) / top;
  const y = (value: number) => height - BOTTOM - value * scale;
  const labelEvery = Math.max(1, Math.ceil(LABEL_WIDTH / (slot || 1)));
  const marked = new Map(markers.map((marker) => [marker.period, marker.label]));
  const point = points[at];
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
                const value = Number(one[part.name] ?? 0);
                base += value;
                if (value <= 0) return null;
                return <rect key={part.name} x={left + (slot - bar) / 2} y={y(base)} width={bar} height={Math.max(value * scale, 1)} rx={1.5} fill={part.colour} />;
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
      </svg>
      {point && (
        <div className="panel chart-tip" style={{ left: Math.min(LEFT + at * slot + slot, Math.max(0, width - 220)) }}>
          <b>{writePeriod(point.period)}</b>
          {series.map((one) => (
            <div key={one.name} className="chart-tip-row">
              <span>
                <i style={{ background: one.colour }} /> {one.name}
              </span>
              <span className="number">{write(Number(point[one.name] ?? 0))}</span>
            </div>
          ))}
          {marked.has(point.period) && <div>◆ {marked.get(point.period)}</div>}
        </div>
      )}
    </div>
  );
}
