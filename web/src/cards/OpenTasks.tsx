// What is still to be done for a card, that due first.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { openTasks } from "../api/cards";
import { TaskRow } from "../tasks/TaskRow";
import { useCard } from "./CardContext";
import css from "./CardPage.module.css";

export function OpenTasks() {
  const { t } = useTranslation();
  const { kind, id } = useCard();
  const [ending, setEnding] = useState<number | null>(null);
  const tasks = useQuery(openTasks(kind, id)).data?.tasks ?? [];
  if (tasks.length === 0) return null;
  return (
    <section className={css.tasks} aria-label={t("tasks.open")}>
      {tasks.map((task) => (
        <TaskRow
          key={task.id}
          task={task}
          isEnding={ending === task.id}
          onEnding={(isEnding) => {
            setEnding(isEnding ? task.id : null);
          }}
        />
      ))}
    </section>
  );
}
