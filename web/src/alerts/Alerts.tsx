// What went wrong in the background: a short word when it happens, which takes no focus, and the list of what is open.
import { Button, CloseButton } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Alert, alerts, closeAlert, closeAlerts } from "../api/alerts";
import { callOf } from "../api/calls";
import { cardPath } from "../app/CardLink";
import { useMoreTexts } from "../app/texts/more";
import { useTimes } from "../app/times";
import { useSave } from "../app/useSave";
import { useDesk } from "../live/store";
import { Empty, Waiting } from "../ui/Page";
import css from "./Alerts.module.css";
import { type Words, wordsOf } from "./words";

const SHOWN_FOR = 12_000; // ms
const MOST_TOLD = 3;
const NONE: string[] = [];

interface Props {
  open: boolean;
  onShow: () => void;
  onClose: () => void;
}

export function Alerts({ open, onShow, onClose }: Props) {
  const there = useMoreTexts("alerts");
  const ids = useDesk((desk) => desk.alerts);
  const [fresh, hide] = useFresh(ids, open);
  if (!there) return null;
  if (open) return <Panel ids={ids ?? NONE} onClose={onClose} />;
  return fresh.length === 0 ? null : <News ids={fresh} onShow={onShow} onHide={hide} />;
}

/** Those that came while one was looking elsewhere; not what was open when the page was loaded. */
function useFresh(ids: string[] | undefined, open: boolean): [string[], () => void] {
  const client = useQueryClient();
  const known = useRef<string[]>(undefined);
  const [fresh, setFresh] = useState(NONE);
  useEffect(() => {
    const before = known.current;
    known.current = ids;
    if (!ids || !before) return;
    const came = ids.filter((id) => !before.includes(id));
    if (came.length > 0 && !open) {
      void client.invalidateQueries({ queryKey: alerts.queryKey });
      setFresh((now) => [...now, ...came].slice(-MOST_TOLD));
    }
  }, [ids, open, client]);
  if (open && fresh.length > 0) setFresh(NONE);
  const hide = () => {
    setFresh(NONE);
  };
  return [ids ? fresh.filter((id) => ids.includes(id)) : NONE, hide];
}

function useAlerts() {
  const query = useInfiniteQuery(alerts);
  return { query, all: query.data?.pages.flatMap((page) => page.alerts) };
}

function useWords(): (alert: Alert) => Words {
  const { t } = useTranslation("alerts");
  const times = useTimes();
  return (alert) => wordsOf(alert, t, times);
}

function News({ ids, onShow, onHide }: { ids: string[]; onShow: () => void; onHide: () => void }) {
  const { t } = useTranslation("alerts");
  const words = useWords();
  const { all } = useAlerts();
  const [held, hold] = useState(false);
  const last = ids.at(-1);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onHide, SHOWN_FOR);
    return () => {
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- each new one has its time
  }, [held, last]);
  const shown = (all ?? [])
    .filter((alert) => ids.includes(alert.id))
    .map((alert) => ({ alert, told: words(alert) }));
  return (
    <div
      className={css.news}
      role="status"
      onPointerEnter={() => {
        hold(true);
      }}
      onPointerLeave={() => {
        hold(false);
      }}
    >
      {shown.map(({ alert, told }) => (
        <div key={alert.id} className={css.piece}>
          <TriangleAlert className={css.sign} size={17} aria-hidden="true" />
          <div className={css.words}>
            <p className={css.header}>{told.header}</p>
            <p className={css.short}>{told.text}</p>
          </div>
          <Button size="compact-sm" variant="default" onClick={onShow}>
            {t("show")}
          </Button>
          <CloseButton size="sm" aria-label={t("hideOne")} onClick={onHide} />
        </div>
      ))}
    </div>
  );
}

function Panel({ ids, onClose }: { ids: string[]; onClose: () => void }) {
  const { t } = useTranslation("alerts");
  const { query, all } = useAlerts();
  const place = useRef<HTMLElement>(null);
  // What is closed elsewhere is gone at once.
  const shown = all?.filter((alert) => ids.includes(alert.id));
  const closing = useSave(closeAlerts, { loud: true, changes: ["alerts"] });
  const leave = () => {
    if (place.current?.contains(document.activeElement)) document.getElementById("alerts")?.focus();
    onClose();
  };
  useEffect(() => {
    place.current?.focus();
  }, []);
  useEffect(() => {
    const pressed = (event: PointerEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (!place.current?.contains(target) && !target?.closest("#alerts")) onClose();
    };
    addEventListener("pointerdown", pressed);
    return () => {
      removeEventListener("pointerdown", pressed);
    };
  }, [onClose]);
  const items = () => [...(place.current?.querySelectorAll<HTMLElement>("[data-alert]") ?? [])];
  const go = (by: number) => {
    const found = items();
    const now = found.findIndex((item) => item.contains(document.activeElement));
    found[Math.min(Math.max(now < 0 ? 0 : now + by, 0), found.length - 1)]?.focus();
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Escape") leave();
    else if (event.key === "ArrowDown") go(1);
    else if (event.key === "ArrowUp") go(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** Whoever works through the list by keys goes on with the next one. */
  const goOn = (id: string) => {
    const found = items();
    const now = found.findIndex((item) => item.dataset.alert === id);
    (found[now + 1] ?? found[now - 1] ?? place.current)?.focus();
  };
  return (
    <section
      ref={place}
      className={css.panel}
      role="dialog"
      aria-modal="false"
      aria-label={t("title")}
      tabIndex={-1}
      data-own-keys
      onKeyDown={keyed}
    >
      <header className={css.head}>
        <h2 className={css.title}>{t("title")}</h2>
        {shown && shown.length > 1 && (
          <Button
            size="compact-sm"
            variant="subtle"
            loading={closing.busy}
            onClick={() => {
              place.current?.focus();
              closing.save(Math.max(...shown.map((alert) => alert.last_at)));
            }}
          >
            {t("closeAll")}
          </Button>
        )}
        <CloseButton aria-label={t("hide")} onClick={leave} />
      </header>
      {shown ? (
        shown.length === 0 ? (
          <div className={css.empty}>
            <Empty icon={<CircleCheck size={28} />} title={t("empty")} text={t("emptyText")} />
          </div>
        ) : (
          <>
            <ul className={css.list}>
              {shown.map((alert) => (
                <Item key={alert.id} alert={alert} onLeave={leave} onGone={goOn} />
              ))}
            </ul>
            {query.hasNextPage && (
              <Button
                className={css.more}
                variant="subtle"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("more")}
              </Button>
            )}
            <p className={css.keys}>{t("keys")}</p>
          </>
        )
      ) : (
        <Waiting text={t("loading")} tall={false} />
      )}
    </section>
  );
}

interface ItemProps {
  alert: Alert;
  onLeave: () => void;
  onGone: (id: string) => void;
}

function Item({ alert, onLeave, onGone }: ItemProps) {
  const { t } = useTranslation("alerts");
  const { ago, day, moment } = useTimes();
  const told = useWords()(alert);
  const relative = ago(alert.last_at); // after some days it is the date itself
  const { save, busy } = useSave(() => closeAlert(alert.id), { loud: true });
  const close = () => {
    onGone(alert.id);
    save(undefined);
  };
  const keyed = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Delete" || event.key === "Backspace") close();
    else if (event.key === "Enter" && event.target === event.currentTarget) {
      event.currentTarget.querySelector("a")?.click();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li
      className={css.item}
      data-alert={alert.id}
      tabIndex={0}
      onKeyDown={keyed}
      data-busy={busy || undefined}
    >
      <TriangleAlert className={css.sign} size={17} aria-hidden="true" />
      <div className={css.words}>
        <h3 className={css.header}>{told.header}</h3>
        <p>{told.text}</p>
        <p className={css.when}>
          <time dateTime={new Date(alert.last_at * 1000).toISOString()}>
            {[relative, moment(alert.last_at)].filter((each) => each !== day(alert.last_at)).join(", ")}
          </time>
          {alert.count > 1 && <span className={css.count}>{t("times", { count: alert.count })}</span>}
        </p>
        <p className={css.links}>
          {told.call !== undefined && <CallLink id={told.call} onLeave={onLeave} />}
          {told.to && (
            <Link to={told.to.path as "/"} onClick={onLeave}>
              {told.to.text}
            </Link>
          )}
        </p>
      </div>
      <CloseButton
        size="sm"
        disabled={busy}
        aria-label={t("close", { header: told.header })}
        onClick={close}
      />
    </li>
  );
}

/** To the card that the call stands in, else to the calls of its number; nowhere when it is not mine to see. */
function CallLink({ id, onLeave }: { id: number; onLeave: () => void }) {
  const { t } = useTranslation("alerts");
  const { data } = useQuery(callOf(id));
  if (!data) return null;
  return data.card ? (
    <Link to={cardPath(data.card)} onClick={onLeave}>
      {t("toCall")}
    </Link>
  ) : (
    <Link to="/calls" search={data.number === null ? {} : { number: data.number }} onClick={onLeave}>
      {t("toCall")}
    </Link>
  );
}
