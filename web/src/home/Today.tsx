// The day: whom we owe a call, who calls right now, what waits and what was promised.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PhoneMissed } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { lines } from "../api/calls";
import { type Debt, debtsOf, unsorted, type Whose } from "../api/inbox";
import { dayTasks, toFinish } from "../api/today";
import { CardLink, cardPath } from "../app/CardLink";
import { dial } from "../app/dial";
import { useKeys } from "../app/keys";
import { Failed } from "../app/Shown";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { useDesk } from "../live/store";
import { Waiting } from "../ui/Page";
import css from "./Today.module.css";

const DebtWindow = lazy(async () => ({ default: (await import("./DebtWindow")).DebtWindow }));

const MOST = 6; // groups and tasks that are shown here; the others stand on pages of their own
const KEPT = "trubka-whose";

export function Today() {
  const { t } = useTranslation();
  const here = useHere();
  const level = here.user.is_admin ? "A" : here.rights?.contacts.view;
  const choices: Whose[] = level === "A" ? ["mine", "group", "all"] : level === "G" ? ["mine", "group"] : [];
  const [kept, keep] = useState(() => localStorage.getItem(KEPT));
  const whose = choices.find((each) => each === kept) ?? (here.user.is_admin ? "all" : "mine");
  const choose = (next: Whose) => () => {
    localStorage.setItem(KEPT, next);
    keep(next);
  };
  return (
    <div className={css.today}>
      {choices.length > 0 && (
        <div className={css.whose} role="group" aria-label={t("today.whose")}>
          {choices.map((each) => (
            <button key={each} type="button" aria-pressed={each === whose} onClick={choose(each)}>
              {t(`today.${each}`)}
            </button>
          ))}
        </div>
      )}
      <div className={css.columns}>
        <Debts whose={whose} />
        <div className={css.side}>
          <Going />
          <Unfinished />
          <Waits />
          <Tasks whose={whose} />
        </div>
      </div>
    </div>
  );
}

function Part({
  title,
  count,
  to,
  children,
}: {
  title: string;
  count?: string;
  to?: string;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <section className={css.part} aria-label={title}>
      <h2 className={css.title}>
        {title}
        {count !== undefined && <span className={css.count}>{count}</span>}
        {to !== undefined && (
          <Link to={to as "/"} className={css.all}>
            {t("today.open")}
          </Link>
        )}
      </h2>
      {children}
    </section>
  );
}

type Open = { deed: "close" | "give"; debt: Debt };

function Debts({ whose }: { whose: Whose }) {
  const { t } = useTranslation();
  const { number } = useTimes();
  const query = useInfiniteQuery(debtsOf(whose));
  const [chosen, choose] = useState<{ id: number; at: number }>();
  const [open, setOpen] = useState<Open>();
  const list = useRef<HTMLUListElement>(null);
  const debts = query.data?.pages.flatMap((page) => page.debts) ?? [];
  // Of what is done, the next one takes the place: one works on without looking for it.
  const found = debts.findIndex((debt) => debt.id === chosen?.id);
  const at = found >= 0 || !chosen ? found : Math.min(chosen.at, debts.length - 1);
  useEffect(() => {
    list.current?.querySelector('[data-at="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const go = (step: number) => () => {
    const next = Math.max(0, Math.min(debts.length - 1, at + step));
    const debt = debts[next];
    if (debt) choose({ id: debt.id, at: next });
    if (next === debts.length - 1 && query.hasNextPage && !query.isFetchingNextPage)
      void query.fetchNextPage();
  };
  const current = debts[at];
  useKeys({
    j: go(1),
    k: go(-1),
    ArrowDown: go(1),
    ArrowUp: go(-1),
    ...(current
      ? {
          c: () => {
            if (current.number !== null) dial(current.number);
          },
          e: () => {
            setOpen({ deed: "close", debt: current });
          },
          o: () => {
            setOpen({ deed: "give", debt: current });
          },
        }
      : {}),
  });
  const [first] = query.data?.pages ?? [];
  return (
    <Part
      title={t("today.debts")}
      {...(first && first.count > 0
        ? { count: first.more ? t("home.many", { shown: number(first.count) }) : number(first.count) }
        : {})}
    >
      {!first ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={t("today.asking")} tall={false} />
        )
      ) : debts.length === 0 ? (
        <p className={css.nothing}>{t(whose === "mine" ? "today.noDebtsOfMine" : "today.noDebts")}</p>
      ) : (
        <>
          <ul className={css.list} ref={list}>
            {debts.map((debt, index) => (
              <One
                key={debt.id}
                debt={debt}
                isChosen={index === at}
                onChoose={() => {
                  choose({ id: debt.id, at: index });
                }}
                onOpen={(deed) => {
                  choose({ id: debt.id, at: index });
                  setOpen({ deed, debt });
                }}
              />
            ))}
          </ul>
          {query.hasNextPage && (
            <Button
              size="xs"
              variant="subtle"
              mt={8}
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {t("act.showMore")}
            </Button>
          )}
        </>
      )}
      {open && (
        <Suspense fallback={null}>
          <DebtWindow
            {...open}
            onClose={() => {
              setOpen(undefined);
            }}
          />
        </Suspense>
      )}
    </Part>
  );
}

interface OneProps {
  debt: Debt;
  isChosen: boolean;
  onChoose: () => void;
  onOpen: (deed: Open["deed"]) => void;
}

const DAY = 86_400; // seconds: a debt that is older is a bad one

function One({ debt, isChosen, onChoose, onOpen }: OneProps) {
  const { t } = useTranslation();
  const { ago } = useTimes();
  const { nameOf } = usePeople();
  const ours = useQuery(lines).data;
  const { number } = debt;
  const line = ours?.find((each) => each.number === debt.line)?.name;
  const facts = [
    t("today.called", { count: debt.calls }),
    line ? line : (debt.line ?? ""),
    debt.owner === null ? t("today.nobodys") : nameOf(debt.owner),
    debt.is_sure ? "" : t("today.unsure"),
  ].filter((fact) => fact !== "");
  return (
    <li
      className={css.debt}
      data-at={isChosen}
      aria-current={isChosen ? "true" : undefined}
      onClick={onChoose}
    >
      <PhoneMissed size={16} aria-hidden="true" className={css.missed} />
      <div className={css.words}>
        <div className={css.first}>
          {debt.card ? (
            <>
              <CardLink card={debt.card} className={css.link} />
              <span className={css.number}>{number}</span>
            </>
          ) : (
            <b className={css.number}>{number ?? t("calls.withheld")}</b>
          )}
        </div>
        <div className={css.facts}>
          <span className={css.age} data-old={debt.age_seconds > DAY}>
            {ago(debt.opened_at)}
          </span>
          {` · ${facts.join(" · ")}`}
        </div>
      </div>
      <div className={css.deeds}>
        {number !== null && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              dial(number);
            }}
          >
            {t("today.call")}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          onClick={() => {
            onOpen("close");
          }}
        >
          {t("today.close")}
        </Button>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          onClick={() => {
            onOpen("give");
          }}
        >
          {t("today.give")}
        </Button>
      </div>
    </li>
  );
}

/** Who talks or rings right now, as far as one sees it. */
function Going() {
  const { t } = useTranslation();
  const { nameOf } = usePeople();
  const calls = useDesk((desk) => desk.calls) ?? [];
  if (calls.length === 0) return null;
  return (
    <Part title={t("today.going")} count={String(calls.length)}>
      <ul className={css.list}>
        {calls.slice(0, MOST).map(({ id, going }) => {
          const people = (going.talking.length > 0 ? going.talking : going.ringing).map(nameOf).join(", ");
          const state = going.on_hold ? "onHold" : going.talking.length > 0 ? "talks" : "rings";
          return (
            <li key={id} className={css.row}>
              <span className={css.live} data-talks={going.talking.length > 0} aria-hidden="true" />
              <span className={css.words}>
                <span className={css.number}>{going.number ?? t("calls.withheld")}</span>
                <span className={css.facts}>
                  {[t(`today.${state}`), people, going.line ?? ""].filter((word) => word !== "").join(" · ")}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </Part>
  );
}

/** Calls of mine that have no result yet. */
function Unfinished() {
  const { t } = useTranslation();
  const told = useQuery(toFinish).data;
  if (!told || told.calls.length === 0) return null;
  const count = told.calls.length;
  return (
    <Part title={t("today.finish")} count={told.more ? t("home.many", { shown: count }) : String(count)}>
      <p className={css.hint}>{t("today.finishText")}</p>
    </Part>
  );
}

function Waits() {
  const { t } = useTranslation();
  const { ago } = useTimes();
  const told = useQuery(unsorted).data;
  if (!told || told.groups.length === 0) return null;
  const { groups } = told;
  return (
    <Part
      title={t("unsorted.title")}
      count={told.more ? t("home.many", { shown: groups.length }) : String(groups.length)}
      to="/unsorted"
    >
      <ul className={css.list}>
        {groups.slice(0, MOST).map((group) => (
          <li key={group.phone ?? group.items[0]?.uid} className={css.row}>
            <span className={css.words}>
              <span className={css.number}>
                {group.phone ??
                  (group.items[0]?.category === "forms" ? group.items[0].name : t("calls.withheld"))}
              </span>
              <span className={css.facts}>
                {ago(group.oldest_at)}
                {group.items.length > 1 && ` · ${t("unsorted.times", { count: group.items.length })}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Tasks({ whose }: { whose: Whose }) {
  const { t } = useTranslation();
  const here = useHere();
  const { nameOf } = usePeople();
  const { moment } = useTimes();
  const mine = useDesk((desk) => desk.tasks);
  const overdue = useQuery(dayTasks(whose, "overdue", mine)).data;
  const today = useQuery(dayTasks(whose, "today", mine)).data;
  if (!overdue || !today) return null;
  const tasks = [
    ...overdue.tasks.map((task) => ({ ...task, late: true })),
    ...today.tasks.map((task) => ({ ...task, late: false })),
  ];
  const more = overdue.after !== null || today.after !== null || tasks.length > MOST;
  return (
    <Part title={t("today.tasks")} {...(tasks.length > 0 && !more ? { count: String(tasks.length) } : {})}>
      {tasks.length === 0 ? (
        <p className={css.nothing}>{t("today.noTasks")}</p>
      ) : (
        <ul className={css.list}>
          {tasks.slice(0, MOST).map((task) => (
            <li key={task.id} className={css.row}>
              <span className={css.words}>
                {task.card ? (
                  <Link to={cardPath(task.card)} className={css.link}>
                    {task.text === "" ? t("today.noText") : task.text}
                  </Link>
                ) : (
                  <span>{task.text === "" ? t("today.noText") : task.text}</span>
                )}
                <span className={css.facts}>
                  <span className={css.age} data-old={task.late}>
                    {task.late
                      ? t("today.late", { when: moment(task.complete_till) })
                      : moment(task.complete_till)}
                  </span>
                  {task.card && ` · ${task.card.name === "" ? t("contacts.unnamed") : task.card.name}`}
                  {task.responsible_user_id !== here.user.id && ` · ${nameOf(task.responsible_user_id)}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {more && <p className={css.hint}>{t("today.moreTasks")}</p>}
    </Part>
  );
}
