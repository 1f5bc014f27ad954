// A new task: what, when, of which kind, for whom. Enter saves, Esc gives up; the words are kept until they are saved.
import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CardKind } from "../api/calls";
import { choices } from "../api/cards";
import { post } from "../api/client";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";
import { dayOf, dueOf, now, momentOf, type Preset, PRESETS, timeOf } from "./due";
import css from "./tasks.module.css";

interface TaskFormProps {
  card?: { entity: CardKind; id: number };
  text: string;
  onText: (text: string) => void;
  onDone: () => void;
  onClose: () => void;
}

export function TaskForm({ card, text, onText, onDone, onClose }: TaskFormProps) {
  const { t } = useTranslation();
  const here = useHere();
  const people = usePeople();
  const client = useQueryClient();
  const zone = here.account.time_zone;
  const types = useQuery(choices).data?.task_types ?? [];
  const [type, setType] = useState<string | null>(null);
  const [preset, setPreset] = useState<Preset | null>("tomorrow");
  const [due, setDue] = useState(() => dueOf("tomorrow", now(), zone));
  const [owner, setOwner] = useState(String(here.user.id));
  const add = useSave(
    () =>
      post("/api/v4/tasks", [
        {
          text: text.trim(),
          complete_till: due,
          task_type_id: Number(type ?? types[0]?.id ?? 1),
          responsible_user_id: Number(owner),
          ...(card ? { entity_type: card.entity, entity_id: card.id } : {}),
        },
      ]),
    {
      changes: ["tasks"],
      done: () => {
        onText("");
        onDone();
        if (card) void client.invalidateQueries({ queryKey: ["card", card.entity, String(card.id)] });
      },
    },
  );
  const send = () => {
    if (!add.busy) add.save(undefined);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Enter" && !event.shiftKey && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      send();
    } else if (event.altKey && /^Digit[1-6]$/.test(event.code)) {
      event.preventDefault();
      choose(PRESETS[Number(event.code.slice(5)) - 1] ?? "tomorrow");
    }
  };
  const choose = (next: Preset) => {
    setPreset(next);
    setDue(dueOf(next, now(), zone));
  };
  return (
    <div className={css.form} role="form" aria-label={t("tasks.new")} onKeyDown={pressed}>
      <Why text={add.why} />
      <Textarea
        autoFocus
        autosize
        minRows={1}
        maxRows={8}
        aria-label={t("tasks.text")}
        placeholder={t("tasks.textHint")}
        value={text}
        onChange={(event) => {
          onText(event.currentTarget.value);
        }}
      />
      <div className={css.presets} role="group" aria-label={t("tasks.due")}>
        {PRESETS.map((each, index) => (
          <button
            type="button"
            key={each}
            className={css.preset}
            aria-pressed={preset === each}
            title={`Alt+${String(index + 1)}`}
            onClick={() => {
              choose(each);
            }}
          >
            {t(`tasks.preset.${each}`)}
          </button>
        ))}
        <TextInput
          type="datetime-local"
          size="xs"
          aria-label={t("tasks.due")}
          value={`${dayOf(due, zone)}T${timeOf(due, zone)}`}
          onChange={(event) => {
            if (event.currentTarget.value === "") return;
            setPreset(null);
            setDue(momentOf(event.currentTarget.value, zone));
          }}
        />
      </div>
      <div className={css.formFoot}>
        <Select
          size="xs"
          className={css.type}
          aria-label={t("tasks.type")}
          data={types.map((each) => ({ value: String(each.id), label: each.name }))}
          value={type ?? String(types[0]?.id ?? "")}
          onChange={setType}
        />
        <Select
          size="xs"
          className={css.owner}
          searchable
          aria-label={t("card.owner")}
          nothingFoundMessage={t("field.nothingFound")}
          data={people.choices}
          value={owner}
          onChange={(value) => {
            if (value !== null) setOwner(value);
          }}
        />
        <span className={css.space} />
        <Button size="xs" variant="default" onClick={onClose}>
          {t("act.cancel")}
        </Button>
        <Button size="xs" loading={add.busy} onClick={send}>
          {t("tasks.add")}
        </Button>
      </div>
    </div>
  );
}
