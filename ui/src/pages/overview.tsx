export function Overview() {
  return <section class="card"><h2>Overview</h2></section>;
}
