import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { Failed, useAct } from "../parts/act";
import { Field } from "../parts/field";
import { signIn } from "../session";

export function SignIn() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const act = useAct(() => signIn(name, password));
  return (
    <main class="door">
      <h1>Turnout</h1>
      <form class="card" onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <h2>Sign in</h2>
        <Field label="Name" value={name} change={setName} autocomplete="username" required />
        <Field label="Password" type="password" value={password} change={setPassword} autocomplete="current-password" required />
        <Failed problem={act.problem} />
        <div class="buttons"><button type="submit" class="main" disabled={act.busy}>Sign in</button></div>
        <p class="quiet"><a href="/api/session/oidc">Sign in with the identity provider</a>, if one is configured.</p>
        <p class="quiet">The first time here? <Link href="/set-up">Set up the first admin</Link>.</p>
      </form>
    </main>
  );
}
