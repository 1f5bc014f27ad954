// A name that is changed where it stands: Enter or leaving saves it, Esc gives it back, nothing is no name.
import { useState } from "react";
import css from "./NameHere.module.css";

interface NameHereProps {
  name: string;
  label: string;
  longest?: number;
  onSave: (name: string) => void;
}

export function NameHere({ name, label, longest = 255, onSave }: NameHereProps) {
  const [draft, setDraft] = useState<string>();
  const done = () => {
    const next = draft?.trim() ?? "";
    setDraft(undefined);
    if (next !== "" && next !== name) onSave(next);
  };
  return (
    <input
      className={css.name}
      aria-label={label}
      maxLength={longest}
      autoComplete="off"
      value={draft ?? name}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
      }}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape" && draft !== undefined) {
          event.stopPropagation();
          setDraft(undefined);
        }
      }}
    />
  );
}
