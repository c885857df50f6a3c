import { useState } from "preact/hooks";
import { api } from "../api";
import { moment } from "../format";
import { Confirm, Failed, useAct } from "../parts/act";
import { Copy } from "../parts/copy";
import { Dialog } from "../parts/dialog";
import { Choice, Field } from "../parts/field";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Table } from "../parts/table";

interface Person {
  name: string;
  role: string;
}

interface Token extends Person {
  expires_at: string | null;
}

type Asked = { what: "user" | "token" } | { what: "remove"; kind: "users" | "tokens"; name: string };

const ROLES = ["viewer", "auditor", "operator", "admin"] as const;

export function People() {
  const users = useLoad<Person[]>("/api/users");
  const tokens = useLoad<Token[]>("/api/tokens");
  const [asked, setAsked] = useState<Asked | null>(null);
  const [token, setToken] = useState<string | null>(null);
  const done = () => { users.reload(); tokens.reload(); setAsked(null); };
  const remove = (kind: "users" | "tokens") => (row: Person) => (
    <button type="button" class="danger" aria-label={`Remove ${row.name}`} onClick={() => setAsked({ what: "remove", kind, name: row.name })}>Remove</button>
  );
  return (
    <Page title="People">
      <Card title="Users" beside={<button type="button" onClick={() => setAsked({ what: "user" })}>Add a user</button>}>
        <Show of={users} empty="There is no user yet.">
          {(rows) => <Table label="Users" rows={rows} keyOf={(row) => row.name} columns={[
            { title: "Name", cell: (row) => row.name }, { title: "Role", cell: (row) => row.role }, { title: "Do", cell: remove("users") },
          ]} />}
        </Show>
      </Card>
      <Card title="Admin tokens" beside={<button type="button" onClick={() => setAsked({ what: "token" })}>Issue a token</button>}>
        <Show of={tokens} empty="No admin token was issued yet.">
          {(rows) => <Table label="Admin tokens" rows={rows} keyOf={(row) => row.name} columns={[
            { title: "Name", cell: (row) => row.name }, { title: "Role", cell: (row) => row.role },
            { title: "Expires", cell: (row) => (row.expires_at ? moment(row.expires_at) : "never") }, { title: "Do", cell: remove("tokens") },
          ]} />}
        </Show>
      </Card>
      {asked?.what === "user" && <AddUser close={() => setAsked(null)} done={done} />}
      {asked?.what === "token" && <AddToken close={() => setAsked(null)} done={(secret) => { done(); setToken(secret); }} />}
      {asked?.what === "remove" && <Remove {...asked} close={() => setAsked(null)} done={done} />}
      {token && (
        <Dialog title="The token" close={() => setToken(null)}>
          <p>It is shown this once, and kept nowhere: copy it now.</p>
          <p class="token"><code>{token}</code></p>
          <div class="buttons"><Copy text={token} /><button type="button" class="main" onClick={() => setToken(null)}>I have it</button></div>
        </Dialog>
      )}
    </Page>
  );
}

function AddUser({ close, done }: { close: () => void; done: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [password, setPassword] = useState("");
  const act = useAct(async () => { await api("POST", "/api/users", { name, role, password }); done(); }, `${name} may sign in.`);
  return (
    <Dialog title="Add a user" close={close}>
      <form onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <Field label="Name" value={name} change={setName} required />
        <Choice label="Role" value={role} of={ROLES} change={setRole} />
        <Field label="Password" type="password" value={password} change={setPassword} autocomplete="new-password" hint="12 characters or more." required />
        <Failed problem={act.problem} />
        <div class="buttons"><button type="button" onClick={close}>Cancel</button><button type="submit" class="main" disabled={act.busy}>Add</button></div>
      </form>
    </Dialog>
  );
}

function AddToken({ close, done }: { close: () => void; done: (token: string) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState("90");
  const act = useAct(async () => {
    const body = { name, role, expires_in_days: days ? Number(days) : null };
    done((await api<{ token: string }>("POST", "/api/tokens", body)).token);
  });
  return (
    <Dialog title="Issue an admin token" close={close}>
      <form onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <Field label="Name" value={name} change={setName} required />
        <Choice label="Role" value={role} of={ROLES} change={setRole} />
        <Field label="Good for, days" type="number" value={days} change={setDays} hint="Empty: for ever." />
        <Failed problem={act.problem} />
        <div class="buttons"><button type="button" onClick={close}>Cancel</button><button type="submit" class="main" disabled={act.busy}>Issue</button></div>
      </form>
    </Dialog>
  );
}

function Remove(props: { kind: string; name: string; close: () => void; done: () => void }) {
  const act = useAct(async () => {
    await api("DELETE", `/api/${props.kind}/${encodeURIComponent(props.name)}`);
    props.done();
  }, `${props.name} is removed.`);
  return (
    <Dialog title={`Remove ${props.name}?`} close={props.close}>
      <Confirm text="Whoever is signed in so is out at once." button="Remove" act={act} cancel={props.close} />
    </Dialog>
  );
}
