import { useId, useState } from "preact/hooks";
import { say } from "./act";

export function Copy({ text, label = "Copy" }: { text: string; label?: string }) {
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied.");
    } catch {
      say("The browser does not let this page copy: select the text instead.");
    }
  }
  return <button type="button" onClick={() => void copy()}>{label}</button>;
}

/** The same thing in several languages, one shown at a time. */
export function Examples({ label, texts }: { label: string; texts: Record<string, string> }) {
  const id = useId();
  const names = Object.keys(texts);
  const [chosen, choose] = useState(names[0]!);
  const text = texts[chosen] ?? "";
  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = names[(names.indexOf(chosen) + step + names.length) % names.length]!;
    choose(next);
    document.getElementById(`${id}-${next}`)?.focus();
  }
  return (
    <div class="examples">
      <div class="head">
        <div role="tablist" aria-label={label} onKeyDown={move}>
          {names.map((name) => (
            <button
              key={name} type="button" role="tab" id={`${id}-${name}`} aria-selected={name === chosen}
              aria-controls={`${id}-text`} tabIndex={name === chosen ? 0 : -1} onClick={() => choose(name)}
            >{name}</button>
          ))}
        </div>
        <Copy text={text} />
      </div>
      <pre id={`${id}-text`} role="tabpanel" aria-labelledby={`${id}-${chosen}`} tabIndex={0}>{text}</pre>
    </div>
  );
}
