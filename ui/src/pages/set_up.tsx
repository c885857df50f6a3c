import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { Failed, useAct } from "../parts/act";
import { Field } from "../parts/field";
import { setUp } from "../session";

export function SetUp() {
  const [token, setToken] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const act = useAct(async () => {
    await setUp(token.trim(), name, password);
    location.hash = "/";
  }, "You are the first admin, and signed in.");
  return (
    <div class="door">
      <h1>Set up Turnout</h1>
      <form class="card" onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <h2>The first admin</h2>
        <Field label="Set-up token" value={token} change={setToken} required hint="The gateway wrote it to its console when it started." />
        <Field label="Name" value={name} change={setName} autocomplete="username" required />
        <Field label="Password" type="password" value={password} change={setPassword} autocomplete="new-password" required hint="12 characters or more." />
        <Failed problem={act.problem} />
        <div class="buttons"><button type="submit" class="main" disabled={act.busy}>Make the first admin</button></div>
        <p class="quiet"><Link href="/">Back</Link></p>
      </form>
    </div>
  );
}
