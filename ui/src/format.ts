// Numbers and times for people. Money comes as billionths of a dollar, times as seconds.

const NOTHING = "–";

export function count(value: number | null | undefined): string {
  if (value == null) return NOTHING;
  const places = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  if (Math.abs(value) >= 10_000) return compact.format(value);
  return value.toLocaleString("en", { maximumFractionDigits: places });
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return NOTHING;
  if (seconds < 0.0995) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function dollars(nanos: number | null | undefined): string {
  if (nanos == null) return NOTHING;
  const value = nanos / 1e9;
  if (value === 0) return "$0";
  const places = value < 0.01 ? 6 : value < 1 ? 4 : 2;
  return `$${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: places })}`;
}

export function percent(share: number | null | undefined): string {
  if (share == null || Number.isNaN(share)) return NOTHING;
  const value = share * 100;
  return `${value >= 99.995 || value === 0 ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1)} %`;
}

export function clock(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toLocaleTimeString("en-GB");
}

export function moment(time: string | number | null | undefined): string {
  if (time == null) return NOTHING;
  const date = new Date(typeof time === "number" ? time * 1000 : time);
  return date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

export function words(list: string[]): string[] {
  return list.flatMap((text) => text.split(/[\s,]+/)).filter(Boolean);
}

export const spaced = (name: string): string => name.replaceAll("_", " ");
