// What has happened with a card, the newest first, as far back as one scrolls; only the rows in sight are made.
import { useVirtualizer } from "@tanstack/react-virtual";
import { History } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "../app/keys";
import { Failed } from "../app/Shown";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { dayOf, now } from "../tasks/due";
import { Empty, Waiting } from "../ui/Page";
import { useCard } from "./CardContext";
import { rowsOf } from "./story";
import css from "./Timeline.module.css";
import { TimelineItem } from "./TimelineItem";
import { type Filter, FILTERS, useTimeline } from "./useTimeline";

const AHEAD = 25; // rows before the end at which what is older is asked for
const ROW = 56; // px, as long as nothing is measured

export function Timeline() {
  const { t } = useTranslation();
  const { kind, id } = useCard();
  const [filter, setFilter] = useState<Filter>("all");
  const { query, story, older, why } = useTimeline(kind, id, filter);
  useKeys(
    Object.fromEntries(
      FILTERS.map((each, index) => [
        String(index + 1),
        () => {
          setFilter(each);
        },
      ]),
    ),
  );
  return (
    <section className={css.timeline} aria-label={t("timeline.title")}>
      <div className={css.filters} role="group" aria-label={t("timeline.filter")}>
        {FILTERS.map((each, index) => (
          <button
            type="button"
            key={each}
            className={css.filter}
            aria-pressed={each === filter}
            title={String(index + 1)}
            onClick={() => {
              setFilter(each);
            }}
          >
            {t(`timeline.kinds.${each}`)}
          </button>
        ))}
      </div>
      {story === undefined ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={t("timeline.loading")} tall={false} />
        )
      ) : story.items.length === 0 && story.pinned.length === 0 ? (
        <div className={css.nothing}>
          <Empty
            icon={<History size={28} />}
            title={t(filter === "all" ? "timeline.empty" : "timeline.none")}
            text={t(filter === "all" ? "timeline.emptyText" : "timeline.noneText")}
          />
        </div>
      ) : (
        <List key={`${kind}${String(id)}${filter}`} story={story} older={older} why={why} />
      )}
    </section>
  );
}

type ListProps = Pick<ReturnType<typeof useTimeline>, "older" | "why"> & {
  story: NonNullable<ReturnType<typeof useTimeline>["story"]>;
};

function List({ story, older, why }: ListProps) {
  const { t } = useTranslation();
  const zone = useHere().account.time_zone;
  const { day } = useTimes();
  const place = useRef<HTMLDivElement>(null);
  const rows = rowsOf(story.items, (seconds) => dayOf(seconds, zone));
  const pinned = story.pinned;
  const today = dayOf(now(), zone);
  const yesterday = dayOf(now() - 86_400, zone);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used only in this render
  const list = useVirtualizer({
    count: pinned.length + rows.length + 1,
    estimateSize: () => ROW,
    getScrollElement: () => place.current,
    getItemKey: (index) => {
      if (index < pinned.length) return `pinned ${pinned[index]?.key ?? ""}`;
      const row = rows[index - pinned.length];
      return row === undefined ? "end" : row.kind === "day" ? row.day : row.item.key;
    },
    overscan: 10,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const isMore = story.after !== null;
  useEffect(() => {
    if (isMore && why === null && last >= pinned.length + rows.length - AHEAD) older();
  }, [isMore, last, pinned.length, rows.length, older, why]);
  return (
    <div
      className={css.scroll}
      ref={place}
      tabIndex={0}
      role="group"
      aria-label={t("timeline.title")}
      aria-busy={isMore}
    >
      <div className={css.tall} style={{ height: list.getTotalSize() }}>
        {shown.map((at) => {
          const row = rows[at.index - pinned.length];
          const top = pinned[at.index];
          return (
            <div
              key={at.key}
              data-index={at.index}
              ref={list.measureElement}
              className={css.place}
              style={{ transform: `translateY(${String(at.start)}px)` }}
            >
              {top ? (
                <TimelineItem item={top} isTop />
              ) : row === undefined ? (
                why !== null ? (
                  <Failed error={why} onRetry={older} />
                ) : (
                  <p className={css.end}>{isMore ? t("timeline.loadingMore") : t("timeline.end")}</p>
                )
              ) : row.kind === "day" ? (
                <h3 className={css.day}>
                  {row.day === today
                    ? t("timeline.today")
                    : row.day === yesterday
                      ? t("timeline.yesterday")
                      : day(row.at)}
                </h3>
              ) : (
                <TimelineItem item={row.item} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
