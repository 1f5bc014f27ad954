// One task: what, when it is due, whose it is; completed with a word of result, put off by presets.
import { ActionIcon, Button, Menu, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, Check } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { choices, type Task } from "../api/cards";
import { CardLink } from "../app/CardLink";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { dueOf, now, isWholeDay, type Preset, PRESETS } from "./due";
import css from "./tasks.module.css";
import { useTask } from "./useTasks";

interface TaskRowProps {
  task: Task;
  withCard?: boolean;
  /** The keyboard stands here. */
  isAt?: boolean;
  /** The word of result is being asked for: by its button or by a key of the screen. */
  isEnding: boolean;
  onEnding: (ending: boolean) => void;
}

export function TaskRow({ task, withCard = false, isAt = false, isEnding, onEnding }: TaskRowProps) {
  const { t } = useTranslation();
  const { nameOf } = usePeople();
  const zone = useHere().account.time_zone;
  const types = useQuery(choices).data?.task_types;
  const [result, setResult] = useState("");
  const save = useTask(task);
  const type = types?.find((each) => each.id === task.task_type_id)?.name;
  const complete = () => {
    if (save.busy) return;
    save.save({ is_completed: true, ...(result.trim() === "" ? {} : { result: { text: result.trim() } }) });
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onEnding(false);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      complete();
    }
  };
  const about = [type, nameOf(task.responsible_user_id)].filter((text) => text !== undefined && text !== "");
  return (
    <div className={css.task} data-at={isAt} data-busy={save.busy}>
      <button
        type="button"
        className={css.tick}
        data-done={task.is_completed}
        disabled={!task.may.edit || save.busy}
        aria-label={t(task.is_completed ? "tasks.reopen" : "tasks.complete", { what: task.text })}
        title={t(task.is_completed ? "tasks.reopenIt" : "tasks.completeIt")}
        onClick={() => {
          if (task.is_completed) save.save({ is_completed: false });
          else onEnding(!isEnding);
        }}
      >
        <Check size={12} aria-hidden="true" />
      </button>
      <div className={css.words}>
        <div className={css.text}>{task.text === "" ? (type ?? t("tasks.untitled")) : task.text}</div>
        <div className={css.about}>
          <Due task={task} zone={zone} />
          {about.map((text) => (
            <span key={text}>{text}</span>
          ))}
          {withCard && task.card && <CardLink card={task.card} className={css.card} />}
        </div>
        {task.is_completed && task.result !== null && <div className={css.result}>{task.result}</div>}
        {isEnding && !task.is_completed && (
          <div className={css.ending} onKeyDown={pressed}>
            <TextInput
              autoFocus
              size="xs"
              className={css.grow}
              aria-label={t("tasks.result")}
              placeholder={t("tasks.resultHint")}
              value={result}
              onChange={(event) => {
                setResult(event.currentTarget.value);
              }}
            />
            <Button size="xs" loading={save.busy} onClick={complete}>
              {t("tasks.done")}
            </Button>
          </div>
        )}
        {save.why !== null && (
          <p className={css.why} role="alert">
            {save.why}
          </p>
        )}
      </div>
      {task.may.edit && !task.is_completed && (
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              aria-label={t("tasks.putOff", { what: task.text })}
              title={t("tasks.putOffIt")}
            >
              <CalendarClock size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {PRESETS.map((preset: Preset) => (
              <Menu.Item
                key={preset}
                onClick={() => {
                  save.save({ complete_till: dueOf(preset, now(), zone) });
                }}
              >
                {t(`tasks.preset.${preset}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

function Due({ task, zone }: { task: Task; zone: string }) {
  const { t } = useTranslation();
  const { day, moment } = useTimes();
  if (task.is_completed) return <span>{t("tasks.doneAt", { when: moment(task.updated_at) })}</span>;
  const isLate = task.complete_till < now();
  const when = isWholeDay(task.complete_till, zone) ? day(task.complete_till) : moment(task.complete_till);
  return (
    <span className={css.due} data-late={isLate}>
      {isLate ? t("tasks.lateSince", { when }) : t("tasks.dueAt", { when })}
    </span>
  );
}
