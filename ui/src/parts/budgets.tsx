import { useState } from "preact/hooks";
import { api, type Budget } from "../api";
import { dollars, moment, percent } from "../format";
import { Confirm, Failed, useAct } from "./act";
import { Dialog } from "./dialog";
import { Choice, Field } from "./field";
import { Show, useLoad, useTick } from "./load";
import { Card } from "./page";
import { Table, type Column } from "./table";
import { may } from "../session";

const KINDS = ["key", "team", "project", "provider", "route"] as const;
const WINDOWS = ["hour", "day", "week", "month"] as const;
const BUDGET_SECONDS = 10;
const nanos = (amount: string): number => Number(amount) * 1e9;

export function Budgets() {
  const budgets = useLoad<Budget[]>("/api/budgets", useTick(BUDGET_SECONDS));
  const [isNew, setNew] = useState(false);
  const [gone, setGone] = useState<Budget | null>(null);
  const writes = may("keys.write");
  return (
    <Card title="Budgets" beside={writes && <button type="button" onClick={() => setNew(true)}>Set a budget</button>}>
      <Show of={budgets} empty="No budget is set.">{(rows) => <Rows rows={rows} remove={writes ? setGone : null} />}</Show>
      {isNew && <SetBudget close={() => setNew(false)} done={budgets.reload} />}
      {gone && <Remove row={gone} close={() => setGone(null)} done={budgets.reload} />}
    </Card>
  );
}

function Rows({ rows, remove }: { rows: Budget[]; remove: ((row: Budget) => void) | null }) {
  const share = (row: Budget) => Number(row.spent_dollars) / Number(row.limit_dollars);
  const columns: Column<Budget>[] = [
    { title: "Name", cell: (row) => row.name },
    { title: "Of", cell: (row) => `${row.kind} ${row.subject}` },
    { title: "Spent", cell: (row) => <><meter min={0} max={1} high={0.8} value={Math.min(1, share(row))} aria-label={`Spent of ${row.name}`} /> {percent(share(row))}</> },
    { title: "Dollars", numeric: true, cell: (row) => `${dollars(nanos(row.spent_dollars))} of ${dollars(nanos(row.limit_dollars))} a ${row.window}` },
    { title: "Forecast", numeric: true, cell: (row) => forecast(row, Date.now()) },
    { title: "When spent", cell: (row) => (row.hard ? "refuses" : "only tells") },
    { title: "Begins anew", cell: (row) => moment(row.resets_at) },
  ];
  if (remove) columns.push({ title: "Do", cell: (row) => <button type="button" class="danger" aria-label={`Remove ${row.name}`} onClick={() => remove(row)}>Remove</button> });
  return <Table label="Budgets" rows={rows} keyOf={(row) => row.name} columns={columns} />;
}

const WINDOW_HOURS: Record<string, number> = { hour: 1, day: 24, week: 168, month: 730 };

/** What will have been spent at the window's end if it goes on like that. */
export function forecast(row: Budget, now: number): string {
  const whole = (WINDOW_HOURS[row.window] ?? 730) * 3_600_000;
  const left = Math.max(0, new Date(row.resets_at).getTime() - now);
  const over = Math.max(whole / 100, whole - left);
  return dollars((nanos(row.spent_dollars) * whole) / over);
}

function SetBudget({ close, done }: { close: () => void; done: () => void }) {
  const [given, setGiven] = useState({ name: "", kind: "team", subject: "", window: "month", limit: "" });
  const [hard, setHard] = useState(true);
  const put = (name: keyof typeof given) => (value: string) => setGiven({ ...given, [name]: value });
  const act = useAct(async () => {
    const { name, kind, subject, window, limit } = given;
    await api("PUT", `/api/budgets/${encodeURIComponent(name)}`, { kind, subject, window, limit_dollars: limit, hard });
    done();
    close();
  }, `${given.name} is set.`);
  return (
    <Dialog title="Set a budget" close={close}>
      <form onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <Field label="Budget's name" value={given.name} change={put("name")} required />
        <div class="row">
          <Choice label="Kind" value={given.kind} of={KINDS} change={put("kind")} />
          <Field label="Whose" value={given.subject} change={put("subject")} required />
        </div>
        <div class="row">
          <Field label="Dollars" value={given.limit} change={put("limit")} required />
          <Choice label="Each" value={given.window} of={WINDOWS} change={put("window")} />
        </div>
        <label class="check"><input type="checkbox" checked={hard} onChange={(event) => setHard(event.currentTarget.checked)} /> refuse requests once it is spent</label>
        <Failed problem={act.problem} />
        <div class="buttons">
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" class="main" disabled={act.busy}>Set</button>
        </div>
      </form>
    </Dialog>
  );
}

function Remove({ row, close, done }: { row: Budget; close: () => void; done: () => void }) {
  const act = useAct(async () => {
    await api("DELETE", `/api/budgets/${encodeURIComponent(row.name)}`);
    done();
    close();
  }, `${row.name} is removed.`);
  return (
    <Dialog title={`Remove ${row.name}?`} close={close}>
      <Confirm text="Nothing is refused for it any more." button="Remove" act={act} cancel={close} />
    </Dialog>
  );
}
