// What came in and has no card yet, as a list that one works through: a page of its own, and the first column of a board.
import { ActionIcon, Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download, Ellipsis, FileText, Phone } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { lines } from "../api/calls";
import type { Item, ItemGroup } from "../api/inbox";
import { dial } from "../app/dial";
import { useKeys } from "../app/keys";
import { useTimes } from "../app/times";
import css from "./UnsortedList.module.css";

const RecordingPlayer = lazy(async () => ({
  default: (await import("../cards/RecordingPlayer")).RecordingPlayer,
}));
const UnsortedWindows = lazy(async () => ({ default: (await import("./UnsortedWindows")).UnsortedWindows }));

export type Deed = "accept" | "link" | "decline";

interface UnsortedListProps {
  groups: ItemGroup[];
  /** In a column: narrow, and without keys of its own. */
  compact?: boolean;
}

export function UnsortedList({ groups, compact = false }: UnsortedListProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<{ key: string; at: number }>();
  const [open, setOpen] = useState<{ deed: Deed; group: ItemGroup }>();
  // Of what was decided, the next one in its place is chosen: one works on without looking for it.
  const found = groups.findIndex((group) => keyOf(group) === chosen?.key);
  const at = found >= 0 || !chosen ? found : Math.min(chosen.at, groups.length - 1);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[data-at="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const choose = (index: number) => {
    const group = groups[index];
    if (group) setChosen({ key: keyOf(group), at: index });
  };
  const go = (step: number) => () => {
    choose(Math.max(0, Math.min(groups.length - 1, at + step)));
  };
  const current = groups[at];
  const start = (deed: Deed, group: ItemGroup) => () => {
    setOpen({ deed, group });
  };
  const deeds =
    current && mayDecide(current)
      ? { a: start("accept", current), l: start("link", current), d: start("decline", current) }
      : {};
  const number = current?.phone;
  useKeys(
    compact
      ? {}
      : {
          j: go(1),
          k: go(-1),
          ArrowDown: go(1),
          ArrowUp: go(-1),
          ...deeds,
          ...(number
            ? {
                c: () => {
                  dial(number);
                },
              }
            : {}),
        },
  );
  return (
    <>
      <ul className={css.list} ref={list} aria-label={t("unsorted.title")} data-compact={compact}>
        {groups.map((group, index) => (
          <Group
            key={keyOf(group)}
            group={group}
            compact={compact}
            isChosen={index === at}
            onChoose={() => {
              choose(index);
            }}
            onDeed={(deed) => {
              choose(index);
              setOpen({ deed, group });
            }}
          />
        ))}
      </ul>
      {open && (
        <Suspense fallback={null}>
          <UnsortedWindows
            {...open}
            onClose={() => {
              setOpen(undefined);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

export const keyOf = (group: ItemGroup): string => group.phone ?? group.items[0]?.uid ?? "";

const mayDecide = (group: ItemGroup): boolean => group.items.some((item) => item.may_decide);

interface GroupProps {
  group: ItemGroup;
  compact: boolean;
  isChosen: boolean;
  onChoose: () => void;
  onDeed: (deed: Deed) => void;
}

function Group({ group, compact, isChosen, onChoose, onDeed }: GroupProps) {
  const { t } = useTranslation();
  const { ago } = useTimes();
  const [first] = group.items;
  if (!first) return null;
  const title = group.phone ?? (first.category === "sip" ? t("calls.withheld") : first.name);
  const Icon = first.category === "sip" ? Phone : FileText;
  const may = mayDecide(group);
  return (
    <li
      className={css.group}
      data-at={isChosen}
      aria-current={isChosen ? "true" : undefined}
      onClick={onChoose}
    >
      <div className={css.head}>
        <Icon size={16} aria-hidden="true" className={css.icon} />
        <div className={css.words}>
          <span className={css.number}>{title}</span>
          {group.items.length > 1 && (
            <span className={css.times}>{t("unsorted.times", { count: group.items.length })}</span>
          )}
          <span className={css.waits}>{t("unsorted.waits", { ago: ago(group.oldest_at) })}</span>
        </div>
        {may && !compact && (
          <div className={css.deeds}>
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                onDeed("accept");
              }}
            >
              {t("unsorted.accept")}
            </Button>
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                onDeed("link");
              }}
            >
              {t("unsorted.link")}
            </Button>
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              onClick={() => {
                onDeed("decline");
              }}
            >
              {t("unsorted.decline")}
            </Button>
          </div>
        )}
        {may && compact && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={`${t("act.more")}: ${title}`}>
                <Ellipsis size={17} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {(["accept", "link", "decline"] as const).map((deed) => (
                <Menu.Item
                  key={deed}
                  onClick={() => {
                    onDeed(deed);
                  }}
                >
                  {t(`unsorted.${deed}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <ul className={css.items}>
        {group.items.map((item) => (
          <One key={item.uid} item={item} />
        ))}
      </ul>
    </li>
  );
}

function One({ item }: { item: Item }) {
  const { t } = useTranslation();
  const [isHeard, hear] = useState(false);
  const { moment } = useTimes();
  const ours = useQuery(lines).data;
  const name = ours?.find((each) => each.number === item.line)?.name;
  const from = name ? name : (item.line ?? item.source ?? "");
  const words = [
    moment(item.called_at ?? item.created_at),
    item.category === "sip"
      ? t("unsorted.call", { length: lengthOf(item.seconds ?? 0) })
      : (item.form ?? t("unsorted.form")),
    from,
  ].filter((word) => word !== "");
  return (
    <li className={css.item}>
      <span>{words.join(" · ")}</span>
      {item.page !== null && item.page !== "" && <span className={css.page}>{item.page}</span>}
      {item.recording_id !== null && (
        <button
          type="button"
          className={css.sound}
          aria-expanded={isHeard}
          onClick={() => {
            hear(!isHeard);
          }}
        >
          {t("unsorted.listen")}
        </button>
      )}
      {item.recording_id !== null && (
        <a
          className={css.sound}
          href={`/recordings/${item.recording_id}`}
          download
          aria-label={`${t("unsorted.download")}: ${moment(item.called_at ?? item.created_at)}`}
        >
          <Download size={13} aria-hidden="true" />
          {t("unsorted.download")}
        </a>
      )}
      {item.recording_id !== null && isHeard && (
        <div className={css.player}>
          <Suspense fallback={null}>
            <RecordingPlayer id={item.recording_id} />
          </Suspense>
        </div>
      )}
    </li>
  );
}

function lengthOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.round(seconds) % 60).padStart(2, "0")}`;
}
