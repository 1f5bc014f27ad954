// What is added to a card: a note, a task. N and T open them; what was typed is kept until it is saved.
import { Button, Kbd, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CalendarPlus, MessageSquarePlus } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { useKeys } from "../app/keys";
import { useSave } from "../app/useSave";
import { TaskForm } from "../tasks/TaskForm";
import { Why } from "../ui/Form";
import { useCard } from "./CardContext";
import css from "./CardPage.module.css";

export function Composer() {
  const { t } = useTranslation();
  const { kind, id, whole } = useCard();
  const [open, setOpen] = useState<"note" | "task" | null>(null);
  const [note, setNote] = useState("");
  const [task, setTask] = useState("");
  const show = (which: "note" | "task") => () => {
    setOpen(which);
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ ...(whole.may.edit ? { n: show("note") } : {}), t: show("task") });
  if (open === "note") return <NoteForm text={note} onText={setNote} onClose={close} />;
  if (open === "task") {
    return (
      <TaskForm card={{ entity: kind, id }} text={task} onText={setTask} onDone={close} onClose={close} />
    );
  }
  return (
    <div className={css.composer}>
      {whole.may.edit && (
        <button type="button" className={css.compose} onClick={show("note")}>
          <MessageSquarePlus size={16} aria-hidden="true" />
          <span className={css.composeText}>{note.trim() === "" ? t("card.note") : note}</span>
          <Kbd>N</Kbd>
        </button>
      )}
      <button type="button" className={css.compose} onClick={show("task")}>
        <CalendarPlus size={16} aria-hidden="true" />
        <span className={css.composeText}>{task.trim() === "" ? t("card.task") : task}</span>
        <Kbd>T</Kbd>
      </button>
    </div>
  );
}

function NoteForm({
  text,
  onText,
  onClose,
}: {
  text: string;
  onText: (text: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { kind, id } = useCard();
  const client = useQueryClient();
  const add = useSave(
    () =>
      post(`/api/v4/${kind}/${String(id)}/notes`, [{ note_type: "common", params: { text: text.trim() } }]),
    {
      done: () => {
        onText("");
        onClose();
        void client.invalidateQueries({ queryKey: ["timeline", kind, String(id)] });
      },
    },
  );
  const send = () => {
    if (text.trim() === "") onClose();
    else if (!add.busy) add.save(undefined);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Enter" && !event.shiftKey && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div className={css.noteForm} role="form" aria-label={t("card.note")} onKeyDown={pressed}>
      <Why text={add.why} />
      <Textarea
        autoFocus
        autosize
        minRows={2}
        maxRows={14}
        maxLength={20_000}
        aria-label={t("card.note")}
        placeholder={t("card.noteHint")}
        value={text}
        onChange={(event) => {
          onText(event.currentTarget.value);
        }}
      />
      <div className={css.noteDeeds}>
        <span className={css.dim}>{t("card.noteKeys")}</span>
        <Button size="xs" variant="default" onClick={onClose}>
          {t("act.cancel")}
        </Button>
        <Button size="xs" loading={add.busy} onClick={send}>
          {t("card.addNote")}
        </Button>
      </div>
    </div>
  );
}
