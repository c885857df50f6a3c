// Loading, empty and failed, the same everywhere.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api";

export interface Loaded<T> {
  data: T | undefined;
  error: Error | null;
  reload: () => void;
}

/** Ask for `path`, and again whenever `change` is another one; old data stays until new is there. */
export function useLoad<T>(path: string | null, change: unknown = null): Loaded<T> {
  const [data, setData] = useState<T>();
  const [error, setError] = useState<Error | null>(null);
  const [again, setAgain] = useState(0);
  const newest = useRef(0);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (path === null) return;
    const asked = ++newest.current;
    if (shown.current !== path) setData(undefined);
    shown.current = path;
    get<T>(path).then(
      (told) => {
        if (asked !== newest.current) return;
        setData(() => told);
        setError(null);
      },
      (problem: Error) => {
        if (asked === newest.current) setError(problem);
      },
    );
  }, [path, change, again]);
  const reload = useCallback(() => setAgain((count) => count + 1), []);
  return { data, error, reload };
}

export function Problem({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div class="note bad" role="alert">
      <p>{error.message}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="note empty">{children}</div>;
}

/** Show `children` of what was loaded, or why there is nothing to show. */
export function Show<T>(props: {
  of: Loaded<T>;
  empty?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  const { data, error, reload } = props.of;
  if (data === undefined) {
    if (error) return <Problem error={error} retry={reload} />;
    return <p class="note" role="status">Loading…</p>;
  }
  const isEmpty = Array.isArray(data) && data.length === 0 && props.empty !== undefined;
  return (
    <>
      {error && <Problem error={error} retry={reload} />}
      {isEmpty ? <Empty>{props.empty}</Empty> : props.children(data)}
    </>
  );
}

/** Counts up every so many seconds: for what the live stream has no mark of. */
export function useTick(seconds: number): number {
  const [ticks, setTicks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTicks((count) => count + 1), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return ticks;
}
