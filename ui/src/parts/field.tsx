import { useId } from "preact/hooks";

interface FieldProps {
  label: string;
  value: string;
  change: (value: string) => void;
  type?: string;
  hint?: string;
  required?: boolean;
  rows?: number;
  autocomplete?: string;
  list?: string[];
}

export function Field(props: FieldProps) {
  const id = useId();
  const { label, value, change, hint, rows, list } = props;
  const own = {
    id, value, required: props.required,
    "aria-describedby": hint ? `${id}-hint` : undefined,
    onInput: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows ? <textarea rows={rows} spellcheck={false} {...own} /> : (
        <input type={props.type ?? "text"} autocomplete={props.autocomplete ?? "off"} list={list && `${id}-list`} {...own} />
      )}
      {list && <datalist id={`${id}-list`}>{list.map((word) => <option key={word} value={word} />)}</datalist>}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}

export function Choice(props: { label: string; value: string; of: readonly (string | [string, string])[]; change: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.change(event.currentTarget.value)}>
        {props.of.map((each) => {
          const [value, text] = typeof each === "string" ? [each, each] : each;
          return <option key={value} value={value}>{text}</option>;
        })}
      </select>
    </div>
  );
}
