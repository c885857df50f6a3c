import { useEffect } from "preact/hooks";
import { Link, Redirect, Route, Router, Switch } from "wouter-preact";
import { useHashLocation } from "wouter-preact/use-hash-location";
import { state, watch } from "./live";
import { Alerts } from "./pages/alerts";
import { Audit } from "./pages/audit";
import { ChainPage } from "./pages/chain";
import { Chains } from "./pages/chains";
import { History } from "./pages/history";
import { Keys } from "./pages/keys";
import { Overview } from "./pages/overview";
import { People } from "./pages/people";
import { Playground } from "./pages/playground";
import { ProviderPage } from "./pages/provider";
import { Providers } from "./pages/providers";
import { RequestPage } from "./pages/request";
import { Requests } from "./pages/requests";
import { SetUp } from "./pages/set_up";
import { SignIn } from "./pages/sign_in";
import { Usage } from "./pages/usage";
import { Announcements } from "./parts/act";
import { Card, Page } from "./parts/page";
import { Pill } from "./parts/pill";
import { Problem } from "./parts/load";
import { lookWhoIAm, may, session, sessionProblem, signOut } from "./session";
import { chooseTheme, theme, type Theme } from "./theme";

/** Path, title, what it is shown to, page. */
const PAGES = [
  ["/", "Overview", "status.read", Overview],
  ["/providers", "Providers", "catalog.read", Providers],
  ["/chains", "Chains", "catalog.read", Chains],
  ["/requests", "Requests", "status.read", Requests],
  ["/usage", "Cost and usage", "status.read", Usage],
  ["/alerts", "Alerts", "status.read", Alerts],
  ["/keys", "Keys", "keys.read", Keys],
  ["/history", "Configuration", "catalog.read", History],
  ["/audit", "Audit log", "audit.read", Audit],
  ["/people", "People", "accounts", People],
  ["/playground", "Playground", "playground", Playground],
] as const;

export function App() {
  useEffect(() => void lookWhoIAm(), []);
  return (
    <Router hook={useHashLocation}>
      <Inside />
      <Announcements />
    </Router>
  );
}

function Inside() {
  const who = session.value;
  if (sessionProblem.value) return <main class="door"><Problem error={new Error(sessionProblem.value)} retry={() => void lookWhoIAm()} /></main>;
  if (who === undefined) return <main class="door"><p role="status">Loading…</p></main>;
  if (who === null) return (
    <Switch>
      <Route path="/set-up"><main><SetUp /></main></Route>
      <Route component={SignIn} />
    </Switch>
  );
  return <Frame key={who.name} />;
}

function Frame() {
  useEffect(() => watch(() => void lookWhoIAm()), []);
  const pages = PAGES.filter(([, , permission]) => may(permission));
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>Skip to content</button>
      <div class="frame">
        <div class="side">
          <strong class="brand">Turnout</strong>
          <nav aria-label="Main">
            {pages.map(([path, title]) => <Place key={path} path={path} title={title} />)}
          </nav>
          <Foot />
        </div>
        <main id="content" tabIndex={-1}>
          <Switch>
            {pages.map(([path, , , page]) => <Route key={path} path={path} component={page} />)}
            <Route path="/providers/:name">{({ name }) => <ProviderPage name={name} />}</Route>
            <Route path="/chains/:name">{({ name }) => <ChainPage name={name} />}</Route>
            <Route path="/requests/:id">{({ id }) => <RequestPage id={id} />}</Route>
            <Route path="/set-up">{session.value?.kind === "local" ? <SetUp /> : <Redirect to="/" />}</Route>
            <Route><Page title="Nothing here"><Card title="There is no such page"><Link href="/">To the overview</Link></Card></Page></Route>
          </Switch>
        </main>
      </div>
    </>
  );
}

function Place({ path, title }: { path: string; title: string }) {
  const [here] = useHashLocation();
  const isHere = path === "/" ? here === "/" : here === path || here.startsWith(`${path}/`);
  return <Link href={path} className={isHere ? "on" : ""} aria-current={isHere ? "page" : undefined}>{title}</Link>;
}

function Foot() {
  const who = session.value!;
  return (
    <div class="foot">
      <Pill of={state.value} />
      <label class="quiet">
        Theme{" "}
        <select value={theme.value} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
          <option value="system">system</option>
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
      </label>
      {who.kind === "local" ? <Link href="/set-up">Set up a user</Link> : (
        <span class="who">{who.name} ({who.role}) <button type="button" class="plain" onClick={() => void signOut()}>Sign out</button></span>
      )}
    </div>
  );
}
