/** A small line without axes: the number beside it says the same. */
export function Spark({ values }: { values: number[] }) {
  const most = Math.max(...values, 1e-9);
  const step = 100 / Math.max(1, values.length - 1);
  const line = values.map((value, place) => `${(place * step).toFixed(1)},${(27 - (value / most) * 25).toFixed(1)}`);
  return (
    <svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={line.join(" ")} />
    </svg>
  );
}
