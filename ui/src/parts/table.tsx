import type { ComponentChildren } from "preact";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand to the right. */
  numeric?: boolean;
}

export function Table<Row>(props: {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string | number;
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table aria-label={props.label}>
        <thead>
          <tr>{props.columns.map((c) => <th key={c.title} scope="col" class={c.numeric ? "n" : ""}>{c.title}</th>)}</tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)}>
              {props.columns.map((c) => <td key={c.title} class={c.numeric ? "n" : ""}>{c.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
