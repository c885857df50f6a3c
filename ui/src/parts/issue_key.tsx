import { useState } from "preact/hooks";
import { api, type Key } from "../api";
import { words } from "../format";
import { Failed, useAct } from "./act";
import { Dialog } from "./dialog";
import { Field } from "./field";

export interface Issued extends Key {
  token: string;
}

const EMPTY = { name: "", team: "", project: "", routes: "", models: "", providers: "", expires: "" };

export function IssueKey(props: { close: () => void; done: (issued: Issued) => void }) {
  const [given, setGiven] = useState(EMPTY);
  const put = (name: keyof typeof EMPTY) => (value: string) => setGiven({ ...given, [name]: value });
  const act = useAct(async () => props.done(await api<Issued>("POST", "/api/keys", bodyOf(given))), `${given.name} is issued.`);
  return (
    <Dialog title="Issue a key" close={props.close}>
      <form onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <Field label="Name" value={given.name} change={put("name")} required />
        <div class="row">
          <Field label="Team" value={given.team} change={put("team")} />
          <Field label="Project" value={given.project} change={put("project")} />
        </div>
        <Field label="Routes" value={given.routes} change={put("routes")} hint="What a request's model may say, commas between; nothing allows everything." />
        <Field label="Models" value={given.models} change={put("models")} />
        <Field label="Providers" value={given.providers} change={put("providers")} />
        <Field label="Expires" type="datetime-local" value={given.expires} change={put("expires")} />
        <Failed problem={act.problem} />
        <div class="buttons">
          <button type="button" onClick={props.close}>Cancel</button>
          <button type="submit" class="main" disabled={act.busy}>Issue</button>
        </div>
      </form>
    </Dialog>
  );
}

export function bodyOf(given: typeof EMPTY): object {
  return {
    name: given.name,
    team: given.team || null,
    project: given.project || null,
    routes: words([given.routes]),
    models: words([given.models]),
    providers: words([given.providers]),
    expires_at: given.expires ? new Date(given.expires).toISOString() : null,
  };
}
