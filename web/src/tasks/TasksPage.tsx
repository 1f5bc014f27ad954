// Tasks: mine, my group's, everybody's; what is late first. Done with a word of result, put off by a number key.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ListTodo } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type PageOfTasks, type Task, taskCounts, type When, type Whose } from "../api/cards";
import { get } from "../api/client";
import { cardPath } from "../app/CardLink";
import { useKeys } from "../app/keys";
import { Failed } from "../app/Shown";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { Empty, Page, Waiting } from "../ui/Page";
import { Window } from "../ui/Window";
import { dueOf, now, type Part, partOf, PRESETS } from "./due";
import { TaskForm } from "./TaskForm";
import { TaskRow } from "./TaskRow";
import css from "./tasks.module.css";
import { useTask } from "./useTasks";

const WHOSE: Whose[] = ["mine", "group", "all"];
const WHEN: When[] = ["overdue", "today", "tomorrow", "later"];
const PAGE = 100; // tasks
const AHEAD = 25; // rows before the end at which the next page is asked for
const ROW = 58; // px, as long as nothing is measured

const tasksOf = (whose: Whose, when: When | null, done: boolean) => ({
  queryKey: ["tasks", "list", whose, when, done],
  queryFn: ({ pageParam }: { pageParam: string | null }) =>
    get<PageOfTasks>(
      `/desk/tasks?limit=${String(PAGE)}&whose=${whose}${when === null ? "" : `&when=${when}`}${done ? "&done=1" : ""}` +
        (pageParam === null ? "" : `&after=${pageParam}`),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (last: PageOfTasks) => last.after,
});

export function TasksPage() {
  const { t } = useTranslation();
  const { number } = useTimes();
  const [whose, setWhose] = useState<Whose>("mine");
  const [when, setWhen] = useState<When | null>(null);
  const [isDone, setDone] = useState(false);
  const [isNew, setNew] = useState(false);
  const [text, setText] = useState("");
  const query = useInfiniteQuery(tasksOf(whose, when, isDone));
  const counts = useQuery(taskCounts(whose)).data;
  const add = () => {
    setNew(true);
  };
  useKeys({ n: add });
  const tasks = query.data?.pages.flatMap((page) => page.tasks);
  const days = query.data?.pages[0]?.days;
  return (
    <Page title={t("tasks.title")} wide actions={<Button onClick={add}>{t("tasks.new")}</Button>}>
      <div className={css.page}>
        <div className={css.bar}>
          <div className={css.chips} role="group" aria-label={t("tasks.whose")}>
            {WHOSE.map((each) => (
              <button
                type="button"
                key={each}
                className={css.chip}
                aria-pressed={each === whose}
                onClick={() => {
                  setWhose(each);
                }}
              >
                {t(`tasks.of.${each}`)}
              </button>
            ))}
          </div>
          <div className={css.chips} role="group" aria-label={t("tasks.due")}>
            {WHEN.map((each) => {
              const count = counts?.counts[each];
              return (
                <button
                  type="button"
                  key={each}
                  className={css.chip}
                  aria-pressed={!isDone && each === when}
                  data-late={each === "overdue" && (count ?? 0) > 0}
                  onClick={() => {
                    setDone(false);
                    setWhen(!isDone && each === when ? null : each);
                  }}
                >
                  {t(`tasks.when.${each}`)}
                  <span className={css.number}>
                    {count === undefined || counts === undefined
                      ? "\u2007"
                      : count >= counts.most
                        ? t("tasks.most", { count: number(counts.most) })
                        : number(count)}
                  </span>
                </button>
              );
            })}
            <button
              type="button"
              className={css.chip}
              aria-pressed={isDone}
              onClick={() => {
                setDone(!isDone);
              }}
            >
              {t("tasks.when.done")}
            </button>
          </div>
        </div>
        {tasks === undefined || days === undefined ? (
          query.isError ? (
            <Failed error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <Waiting text={t("tasks.loading")} />
          )
        ) : tasks.length === 0 ? (
          <div className={css.nothing}>
            <Empty
              icon={<ListTodo size={30} />}
              title={t(isDone ? "tasks.noneDone" : "tasks.empty")}
              text={t(isDone ? "tasks.noneDoneText" : "tasks.emptyText")}
            />
          </div>
        ) : (
          <List
            key={`${whose}${String(when)}${String(isDone)}`}
            tasks={tasks}
            days={days}
            isDone={isDone}
            more={query.hasNextPage}
            onMore={() => {
              if (!query.isFetchingNextPage) void query.fetchNextPage();
            }}
          />
        )}
      </div>
      {isNew && (
        <Window
          title={t("tasks.new")}
          size={620}
          onClose={() => {
            setNew(false);
          }}
        >
          <TaskForm
            text={text}
            onText={setText}
            onDone={() => {
              setNew(false);
            }}
            onClose={() => {
              setNew(false);
            }}
          />
        </Window>
      )}
    </Page>
  );
}

interface ListProps {
  tasks: Task[];
  days: PageOfTasks["days"];
  isDone: boolean;
  more: boolean;
  onMore: () => void;
}

function List({ tasks, days, isDone, more, onMore }: ListProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null); // the task that the keyboard stands at, whatever moves around it
  const [ending, setEnding] = useState<number | null>(null);
  const rows = rowsOf(tasks, isDone, days);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used only in this render
  const list = useVirtualizer({
    count: rows.length + 1,
    estimateSize: () => ROW,
    getScrollElement: () => place.current,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? "end" : typeof row === "string" ? row : row.id;
    },
    overscan: 10,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - AHEAD) onMore();
  }, [more, last, rows.length, onMore]);

  const index = tasks.findIndex((task) => task.id === at);
  const current = tasks[index];
  const go = (step: number) => () => {
    const next = tasks[Math.max(0, Math.min(tasks.length - 1, index + step))];
    if (!next) return;
    setAt(next.id);
    list.scrollToIndex(rows.indexOf(next));
  };
  useKeys({
    j: go(1),
    k: go(-1),
    ArrowDown: go(1),
    ArrowUp: go(-1),
    ...(current && !current.is_completed && current.may.edit
      ? {
          Enter: () => {
            setEnding(current.id);
          },
        }
      : {}),
    ...(current?.card
      ? {
          o: () => {
            if (current.card) void navigate({ to: cardPath(current.card) });
          },
        }
      : {}),
  });
  return (
    <div className={css.scroll} ref={place} tabIndex={0} aria-label={t("tasks.title")} role="region">
      {current && !current.is_completed && current.may.edit && <PutOff key={current.id} task={current} />}
      <div className={css.tall} style={{ height: list.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index];
          return (
            <div
              key={item.key}
              data-index={item.index}
              ref={list.measureElement}
              className={css.place}
              style={{ transform: `translateY(${String(item.start)}px)` }}
            >
              {row === undefined ? (
                <p className={css.end}>{more ? t("tasks.loadingMore") : t("tasks.end")}</p>
              ) : typeof row === "string" ? (
                <h2 className={css.part} data-late={row === "overdue"}>
                  {t(`tasks.when.${row}`)}
                </h2>
              ) : (
                <TaskRow
                  task={row}
                  withCard
                  isAt={row.id === at}
                  isEnding={ending === row.id}
                  onEnding={(isEnding) => {
                    setEnding(isEnding ? row.id : null);
                    setAt(row.id);
                  }}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The number keys put off the task at which the keyboard stands. */
function PutOff({ task }: { task: Task }) {
  const zone = useHere().account.time_zone;
  const { save } = useTask(task);
  useKeys(
    Object.fromEntries(
      PRESETS.map((preset, place) => [
        String(place + 1),
        () => {
          save({ complete_till: dueOf(preset, now(), zone) });
        },
      ]),
    ),
  );
  return null;
}

/** Open tasks under the part of time in which they are due. */
function rowsOf(tasks: Task[], isDone: boolean, days: PageOfTasks["days"]): (Task | Part)[] {
  if (isDone) return tasks;
  const at = now();
  let before: Part | null = null;
  return tasks.flatMap((task) => {
    const part = partOf(task.complete_till, at, days);
    const isNew = part !== before;
    before = part;
    return isNew ? [part, task] : [task];
  });
}
