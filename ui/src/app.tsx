import { Link, Route, Router, Switch } from "wouter-preact";
import { useHashLocation } from "wouter-preact/use-hash-location";
import { Overview } from "./pages/overview";

const PAGES = [["/", "Overview", Overview]] as const;

export function App() {
  return (
    <Router hook={useHashLocation}>
      <a class="skip" href="#content">Skip to content</a>
      <div class="frame">
        <nav aria-label="Main">
          {PAGES.map(([path, title]) => (
            <Link key={path} href={path} className={(on: boolean) => (on ? "on" : "")}>{title}</Link>
          ))}
        </nav>
        <main id="content">
          <Switch>
            {PAGES.map(([path, , page]) => <Route key={path} path={path} component={page} />)}
            <Route><section class="card"><h2>There is no such page</h2></section></Route>
          </Switch>
        </main>
      </div>
    </Router>
  );
}
