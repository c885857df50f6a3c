import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

/** A modal: the browser keeps the focus in it, gives it back, and closes it on Escape. */
export function Dialog(props: { title: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog ref={box} aria-labelledby={title} onClose={props.close}>
      <h2 id={title}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}
