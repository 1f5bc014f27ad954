// What can be done to the rows that are chosen, and how far it is.
import { Button, MultiSelect, Select, TagsInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "../app/keys";
import { refusalText } from "../app/texts";
import { sentence } from "../app/sentence";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { Why } from "../ui/Form";
import { Deeds, Window } from "../ui/Window";
import { get } from "../api/client";
import { useHeads } from "./CardTable";
import css from "./CardTable.module.css";
import { changeMany, download, exportMany, type Pace, pieces, type Progress, reasons } from "./many";
import {
  type About,
  type CardRow,
  type Chosen,
  type Column,
  everything,
  type Filter,
  type Kind,
  NOTHING,
  queryOf,
  tagsOf,
} from "../api/table";

interface SelectedProps {
  kind: Kind;
  about: About;
  filter: Filter;
  columns: Column[];
  chosen: Chosen;
  loaded: CardRow[];
  whole: boolean; // nothing but what is loaded fits the filter
  onChoose: (chosen: Chosen) => void;
}
type Deed = "give" | "tag" | "move" | "remove" | "export";

export function Selected(props: SelectedProps) {
  const { kind, about, filter, chosen, loaded, whole, onChoose } = props;
  const { t } = useTranslation();
  const { number } = useRows();
  const here = useHere();
  const [deed, setDeed] = useState<Deed>();
  const some = chosen.ids.size > 0 || chosen.all;
  const counted = useQuery({
    queryKey: ["table", kind, "count", filter],
    queryFn: () =>
      get<{ count: number; more: boolean }>(
        `/desk/table/${kind}/count?${queryOf(filter, here.account.time_zone)}`,
      ),
    enabled: some,
  }).data;
  const deeds: [Deed, string, boolean, string][] = [
    ["give", t("table.give"), about.may.edit, "o"],
    ["tag", t("table.tag"), about.may.edit, "l"],
    ["move", t("table.move"), about.may.edit && kind === "leads", "m"],
    ["export", t("table.export"), about.may.export, "x"],
    ["remove", t("table.remove"), about.may.delete, "Delete"],
  ];
  useKeys(
    Object.fromEntries(
      deeds
        .filter(([, , may]) => some && may)
        .map(([name, , , key]) => [
          key,
          () => {
            setDeed(name);
          },
        ]),
    ),
  );
  const count = chosen.all ? (counted && !counted.more ? counted.count : undefined) : chosen.ids.size;
  if (!some) {
    return null;
  }
  const all = counted
    ? counted.more
      ? t("table.countMore", { shown: number(counted.count) })
      : number(counted.count)
    : "…";
  return (
    <div className={css.selected} role="region" aria-label={t("table.chosen", { count: chosen.ids.size })}>
      <span className={css.many} role="status">
        {chosen.all ? `${t("table.chosenAll")}: ${all}` : t("table.chosen", { count: chosen.ids.size })}
      </span>
      {!chosen.all && !whole && chosen.ids.size >= loaded.length && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => {
            onChoose(everything([...chosen.ids], true));
          }}
        >
          {`${t("table.takeAll")}: ${all}`}
        </Button>
      )}
      {deeds.map(
        ([name, text, may, key]) =>
          may && (
            <Button
              key={name}
              size="xs"
              title={t("table.byKey", { key: key.toUpperCase() })}
              {...(name === "remove" ? { color: "red", variant: "subtle" } : { variant: "default" })}
              onClick={() => {
                setDeed(name);
              }}
            >
              {text}
            </Button>
          ),
      )}
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        onClick={() => {
          onChoose(NOTHING);
        }}
      >
        {t("table.drop")}
      </Button>
      {deed && (
        <DeedWindow
          {...props}
          deed={deed}
          count={count}
          onClose={() => {
            setDeed(undefined);
          }}
        />
      )}
    </div>
  );
}

function useRows() {
  const { i18n } = useTranslation();
  return { number: (value: number) => new Intl.NumberFormat(i18n.language).format(value) };
}

function DeedWindow({
  kind,
  about,
  filter,
  columns,
  chosen,
  deed,
  count,
  onChoose,
  onClose,
}: SelectedProps & { deed: Deed; count: number | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const here = useHere();
  const heads = useHeads(about);
  const { choices } = usePeople();
  const tags = useQuery({ ...tagsOf(kind), enabled: deed === "tag" }).data ?? [];
  const [owner, setOwner] = useState<string | null>(null);
  const [added, setAdded] = useState<string[]>([]);
  const [taken, setTaken] = useState<string[]>([]);
  const [place, setPlace] = useState<string | null>(null);
  const [going, setGoing] = useState(deed === "export" ? undefined : false);
  const [progress, setProgress] = useState<Progress>();
  const [rows, setRows] = useState<number>();
  const [over, setOver] = useState(false);
  const [why, setWhy] = useState<string | null>(null);
  const stop = useRef<AbortController>(undefined);
  const [stopped, setStopped] = useState(false);
  const [waits, setWaits] = useState(false);

  const run = async (work: (pace: Pace) => Promise<void>) => {
    setWhy(null);
    setGoing(true);
    const begun = (stop.current = new AbortController());
    try {
      await work({ onWait: setWaits, stop: begun.signal });
      setOver(true);
    } catch (error) {
      setWhy(sentence(error));
    }
    setWaits(false);
    setGoing(false);
  };
  const change = (what: object) =>
    run(async (pace) => {
      const parts = pieces(kind, chosen, filter, here.account.time_zone, pace);
      const told = await changeMany(kind, parts, what, setProgress, pace).finally(() => {
        void client.invalidateQueries({ queryKey: ["tags", kind] });
        void client.invalidateQueries({ queryKey: ["table", kind] });
      });
      if (told.leftCount === 0 && !pace.stop.aborted) {
        tell(
          deed === "remove"
            ? t("table.deleted", { count: told.done })
            : t("table.done", { count: told.done }),
        );
        onChoose(NOTHING);
        onClose();
      }
    });
  const write = () =>
    run(async (pace) => {
      const ids = columns.map((each) => each.id);
      const file = await exportMany(
        kind,
        chosen,
        filter,
        here.account.time_zone,
        ids,
        ids.map(heads),
        setRows,
        pace,
      );
      if (pace.stop.aborted) return;
      download(`${kind}.csv`, file.text);
      tell(t("table.exported", { count: file.rows }));
      onClose();
    });

  const titles: Record<Deed, string> = {
    give: t("table.giveTitle"),
    tag: t("table.tagTitle"),
    move: t("table.moveTitle"),
    export: t("table.export"),
    remove: count === undefined ? t("table.removeAllAsk") : t("table.removeAsk", { count }),
  };
  const leave = () => {
    stop.current?.abort();
    if (over && progress) onChoose(NOTHING);
    if (going) tell(t("table.stopped"));
    onClose();
  };
  const places = about.pipelines.map((pipeline) => ({
    group: pipeline.name,
    items: pipeline.statuses
      .filter((status) => status.type !== 1)
      .map((status) => ({ value: `${String(pipeline.id)}/${String(status.id)}`, label: status.name })),
  }));
  const ready =
    deed === "give"
      ? owner !== null
      : deed === "tag"
        ? added.length + taken.length > 0
        : deed === "move"
          ? place !== null
          : true;
  const apply = () => {
    if (deed === "export") void write();
    else if (deed === "give") void change({ responsible_user_id: Number(owner) });
    else if (deed === "tag") void change({ tags_to_add: added, tags_to_delete: taken });
    else if (deed === "remove") void change({ delete: true });
    else {
      const [pipeline, status] = (place ?? "").split("/").map(Number);
      void change({ pipeline_id: pipeline, status_id: status });
    }
  };
  return (
    <Window
      title={titles[deed]}
      text={deed === "remove" && !over ? t("table.removeText") : undefined}
      onClose={leave}
      firm={going === true}
    >
      <div className={css.deed}>
        <Why text={why} />
        {why !== null && progress && !going && <p>{t("table.soFar", { done: progress.done })}</p>}
        {!over && !going && deed === "give" && (
          <Select
            data-autofocus
            searchable
            label={t("table.responsible")}
            data={choices}
            value={owner}
            onChange={setOwner}
          />
        )}
        {!over && !going && deed === "tag" && (
          <>
            <TagsInput
              data-autofocus
              label={t("table.tagAdd")}
              openOnFocus={false}
              data={tags.map((tag) => tag.name)}
              value={added}
              onChange={setAdded}
            />
            <MultiSelect
              searchable
              label={t("table.tagTake")}
              data={[...new Set(tags.map((tag) => tag.name))]}
              value={taken}
              onChange={setTaken}
            />
          </>
        )}
        {!over && !going && deed === "move" && (
          <Select
            data-autofocus
            searchable
            label={t("table.status")}
            data={places}
            value={place}
            onChange={setPlace}
          />
        )}
        {going && (
          <div role="status" aria-live="polite">
            <p>
              {deed === "export" || count === undefined
                ? t("table.doingSome", { done: rows ?? progress?.done ?? 0 })
                : t("table.doing", { done: (progress?.done ?? 0) + (progress?.leftCount ?? 0), of: count })}
            </p>
            <progress
              className={css.progress}
              {...(count === undefined
                ? {}
                : { max: count, value: rows ?? (progress?.done ?? 0) + (progress?.leftCount ?? 0) })}
            />
            <p className={css.dim}>{t(waits ? "table.waits" : "table.doingText")}</p>
          </div>
        )}
        {over && stopped && <p>{t("table.stopped")}</p>}
        {over && progress && (
          <div role="status">
            <p>
              {deed === "remove"
                ? t("table.deleted", { count: progress.done })
                : t("table.done", { count: progress.done })}
            </p>
            {progress.leftCount > 0 && (
              <>
                <p>{t("table.leftAlone", { count: progress.leftCount })}</p>
                <ul className={css.refused}>
                  {reasons(progress.left).map((reason) => (
                    <li key={reason.why}>
                      <b>{refusalText(reason.why) ?? reason.why}</b> {reason.names.join(", ")}
                      {reason.count > reason.names.length && "…"}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
        )}
      </div>
      <Deeds>
        {over ? (
          <Button onClick={leave}>{t("act.done")}</Button>
        ) : going ? (
          <Button
            variant="default"
            onClick={() => {
              stop.current?.abort();
              setStopped(true);
            }}
          >
            {t("table.stop")}
          </Button>
        ) : (
          <>
            <Button
              variant="default"
              onClick={onClose}
              {...(deed === "remove" || deed === "export" ? { "data-autofocus": true } : {})}
            >
              {t("act.cancel")}
            </Button>
            <Button disabled={!ready} {...(deed === "remove" ? { color: "red" } : {})} onClick={apply}>
              {deed === "remove" ? t("act.delete") : deed === "export" ? t("table.export") : t("table.apply")}
            </Button>
          </>
        )}
      </Deeds>
    </Window>
  );
}
