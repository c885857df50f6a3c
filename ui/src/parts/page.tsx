import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

/** A page: its title also names the browser's window. */
export function Page(props: { title: string; beside?: ComponentChildren; children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${props.title} · Turnout`;
  }, [props.title]);
  return (
    <>
      <header class="page">
        <h1>{props.title}</h1>
        {props.beside}
      </header>
      {props.children}
    </>
  );
}

export function Card(props: { title: string; beside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card" aria-label={props.title}>
      <div class="head">
        <h2>{props.title}</h2>
        {props.beside}
      </div>
      {props.children}
    </section>
  );
}
