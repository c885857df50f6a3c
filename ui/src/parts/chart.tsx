import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../theme";

export interface Line {
  label: string;
  /** A custom property's name: `--line-1`. */
  color: string;
  values: (number | null)[];
}

interface Props {
  label: string;
  times: number[];
  lines: Line[];
  show: (value: number) => string;
  height?: number;
}

export function Chart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shape = `${theme.value} ${props.lines.map((line) => line.label).join(" ")}`;
  const data = [props.times, ...props.lines.map((line) => line.values)] as uPlot.AlignedData;
  useEffect(() => {
    const place = box.current!;
    const made = new uPlot(options(props, place), data, place);
    plot.current = made;
    const size = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: props.height ?? 200 }));
    size.observe(place);
    return () => {
      size.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(data), [props.times, props.lines]);
  const last = props.lines.map((line) => `${line.label} ${shown(props, line.values.at(-1))}`).join(", ");
  return <div class="chart" ref={box} role="img" aria-label={`${props.label}; now: ${last}`} />;
}

const shown = (props: Props, value: number | null | undefined) => (value == null ? "–" : props.show(value));

function options(props: Props, place: HTMLElement): uPlot.Options {
  const look = getComputedStyle(place);
  const color = (name: string) => resolved(place, name);
  const axis: uPlot.Axis = {
    stroke: color("--faint"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: `11px ${look.fontFamily}`,
  };
  return {
    width: place.clientWidth,
    height: props.height ?? 200,
    cursor: { sync: { key: "time" }, drag: { x: false, y: false } },
    series: [
      { value: (_, at) => (at == null ? "" : new Date(at * 1000).toLocaleTimeString("en-GB")) },
      ...props.lines.map((line) => ({
        label: line.label, stroke: color(line.color), width: 1.5, points: { show: false },
        value: (_: uPlot, value: number | null) => shown(props, value),
      })),
    ],
    axes: [
      { ...axis, size: 28, values: (_, ticks, __, ___, step) => ticks.map((at) => tick(at, step)), space: 80 },
      { ...axis, size: 62, values: (_, ticks) => ticks.map(props.show) },
    ],
    scales: { y: { range: (_, __, most) => [0, (most || 1) * 1.1] } },
    legend: { live: true },
  };
}

const DAY_SECONDS = 86_400;

function tick(at: number, step: number): string {
  const time = new Date(at * 1000);
  if (step >= DAY_SECONDS) return time.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  const text = time.toLocaleTimeString("en-GB");
  return step < 60 ? text : text.slice(0, 5);
}

// A canvas knows no light-dark(): the colour is read off an element that has it.
function resolved(place: HTMLElement, name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
