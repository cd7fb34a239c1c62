import { LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export interface HistoryPoint {
  atMs: number;
  value: number | null;
  min: number | null;
  max: number | null;
}
export interface Plot {
  points: readonly HistoryPoint[];
  fromMs: number;
  toMs: number;
  unit: string;
  low: number | undefined;
  high: number | undefined;
  /** Time of an axis mark, and of the pointer. */
  clock: (atMs: number) => string;
  full: (atMs: number) => string;
}
/** The look's tokens (renderer/app/base.css): a canvas knows no custom properties. */
const ink = {
  text: '#8c979e',
  line: '#20272b',
  series: '#b3bdc2',
  band: '#5a666d',
  limit: '#ff9f2e',
  panel: '#232a2f',
  bright: '#e3e8ea',
};
const round = (value: number) => Math.round(value * 100) / 100;

/** What ECharts is told: the mean as a line with holes, the spread of each part behind it, limits dashed. */
export function plotOption({ points, fromMs, toMs, unit, low, high, clock, full }: Plot) {
  const limits = [low, high].filter((value) => value !== undefined);
  const values = points.flatMap(({ min, max }) => (min === null || max === null ? [] : [min, max]));
  const range = [...values, ...limits];
  const [least, most] = [Math.min(...range), Math.max(...range)];
  const margin = (most - least || Math.abs(most) || 1) * 0.08;
  const spread = {
    type: 'line' as const,
    stack: 'spread',
    symbol: 'none',
    lineStyle: { opacity: 0 },
    silent: true,
    animation: false,
  };
  return {
    animation: false,
    grid: { left: 52, right: 14, top: 14, bottom: 26 },
    tooltip: {
      trigger: 'axis' as const,
      backgroundColor: ink.panel,
      borderColor: ink.line,
      textStyle: { color: ink.bright, fontSize: 12 },
      axisPointer: { lineStyle: { color: ink.text } },
      formatter: (hits: unknown) => {
        const at = (hits as { dataIndex: number }[])[0]?.dataIndex ?? -1;
        const point = points[at];
        if (!point || point.value === null) return '';
        const tail = unit ? ` ${unit}` : '';
        const band = point.min === point.max ? '' : ` (${round(point.min ?? 0)} – ${round(point.max ?? 0)})`;
        return `${full(point.atMs)}<br>${round(point.value)}${tail}${band}`;
      },
    },
    xAxis: {
      type: 'time' as const,
      min: fromMs,
      max: toMs,
      axisLine: { lineStyle: { color: ink.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { color: ink.text, hideOverlap: true, formatter: clock },
    },
    yAxis: {
      type: 'value' as const,
      min: range.length > 0 ? round(least - margin) : undefined,
      max: range.length > 0 ? round(most + margin) : undefined,
      splitNumber: 4,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.text, showMinLabel: false, showMaxLabel: false },
    },
    series: [
      {
        type: 'line' as const,
        data: points.map(({ atMs, value }) => [atMs, value]),
        symbol: points.length === 1 ? 'circle' : 'none',
        connectNulls: false,
        lineStyle: { color: ink.series, width: 1.6 },
        itemStyle: { color: ink.series },
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: ink.limit, type: 'dashed' as const, width: 1 },
          label: { color: ink.limit, position: 'insideEndTop' as const, formatter: '{c}' },
          data: limits.map((yAxis) => ({ yAxis })),
        },
      },
      { ...spread, data: points.map(({ atMs, min }) => [atMs, min]) },
      {
        ...spread,
        data: points.map(({ atMs, min, max }) => [atMs, min === null || max === null ? null : max - min]),
        areaStyle: { color: ink.band, opacity: 0.4 },
      },
    ],
  };
}
export const makeChart = (element: HTMLElement) => echarts.init(element);
