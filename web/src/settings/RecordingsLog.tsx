// How recordings stand: in numbers, and those that are not here one by one, to be fetched again or erased. What is read
// stays in its place; what becomes of it is asked for again and again.
import { ActionIcon, Button, Menu, SegmentedControl, Select } from "@mantine/core";
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { AudioLines, Ellipsis } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import {
  MOST_ASKED,
  type Sums,
  sums,
  theseOf,
  type WrongPage,
  type WrongRecording,
  wrongOf,
  type WrongState,
} from "../api/logs";
import { CardLink } from "../app/CardLink";
import { Failed, Shown } from "../app/Shown";
import { useLogs } from "../app/texts/logs";
import { useTimes } from "../app/times";
import { tell } from "../app/told";
import { useSave } from "../app/useSave";
import { EraseRecording } from "../app/EraseRecording";
import { wordsOf } from "../app/recordingWords";
import { Empty, Waiting } from "../ui/Page";
import { State, type Tone } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { inPlace } from "./counted";
import css from "./Settings.module.css";

const STATES = ["fetched", "waiting", "failed", "empty", "refused", "deleted"] as const;
const WRONG = ["failed", "waiting", "empty", "refused"] as const;
const TONES: Record<WrongRecording["state"], Tone> = {
  fetched: "good",
  waiting: "warn",
  failed: "bad",
  empty: "quiet",
  refused: "quiet",
  deleted: "quiet",
};
const TRIES = 8; // as many as the server has
const AT_ONE_WORD = 500; // as many as it fetches again at a time
const KB = 1_000;

export function RecordingSums() {
  const logs = useLogs();
  const query = useQuery(sums);
  return (
    <Shown query={query} waiting={logs("recordings.counting")}>
      {(found) => <Numbers found={found} />}
    </Shown>
  );
}

function Numbers({ found }: { found: Sums }) {
  const logs = useLogs();
  const { i18n } = useTranslation();
  const { number } = useTimes();
  return (
    <dl className={css.numbers} aria-label={logs("recordings.numbers")}>
      {STATES.map((state) => {
        const { count, more } = found.states[state];
        const told = more ? logs("recordings.many", { number: number(count) }) : number(count);
        return (
          <div key={state} data-tone={count > 0 && state === "failed" ? "bad" : undefined}>
            <dt>{logs(`recordings.${state}`)}</dt>
            <dd>
              {told}
              {state === "fetched" && count > 0 && <small>{sizeOf(found.bytes, i18n.language)}</small>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** As people say how large something is. */
export function sizeOf(bytes: number, language: string): string {
  const units = ["kilobyte", "megabyte", "gigabyte", "terabyte"];
  const place = Math.min(units.length, Math.max(1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const shown = bytes / KB ** place;
  const unit = units[place - 1] ?? "megabyte";
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    maximumFractionDigits: shown < 10 ? 1 : 0,
  }).format(shown);
}

export function WrongRecordings() {
  const logs = useLogs();
  const [state, setState] = useState<WrongState | "">("");
  const [code, setCode] = useState("");
  const found = useQuery(sums).data;
  const codes = [...new Set(found?.reasons.map((each) => each.code).filter((each) => each !== ""))];
  const labels: Partial<Record<string, string>> = logs("recordings.reason", { returnObjects: true });
  const words = new URLSearchParams({ state, code }).toString();
  return (
    <section className={css.log} aria-label={logs("recordings.part")}>
      <h2>{logs("recordings.part")}</h2>
      <p>{logs("recordings.partText")}</p>
      <div className={css.bar}>
        <SegmentedControl
          size="xs"
          aria-label={logs("recordings.filter")}
          value={state}
          onChange={setState}
          data={[
            { value: "", label: logs("recordings.all") },
            ...WRONG.map((each) => ({ value: each, label: logs(`recordings.${each}`) })),
          ]}
        />
        {(codes.length > 1 || code !== "") && (
          <Select
            size="xs"
            w={230}
            aria-label={logs("recordings.reasons")}
            placeholder={logs("recordings.anyReason")}
            clearable
            data={[...new Set([...codes, ...(code === "" ? [] : [code])])].map((each) => ({
              value: each,
              label: labels[each] ?? each,
            }))}
            value={code === "" ? null : code}
            onChange={(next) => {
              setCode(next ?? "");
            }}
          />
        )}
      </div>
      <WrongList key={words} words={words} isAll={state === "" && code === ""} />
    </section>
  );
}

function WrongList({ words, isAll }: { words: string; isAll: boolean }) {
  const { t } = useTranslation();
  const logs = useLogs();
  const client = useQueryClient();
  const options = wrongOf(words);
  const query = useInfiniteQuery(options);
  const rows = query.data?.pages.flatMap((page) => page.recordings);
  const [erased, erase] = useState<number>();
  const put = (next: readonly WrongRecording[]) => {
    client.setQueryData<InfiniteData<WrongPage, number | null>>(
      options.queryKey,
      (before) =>
        before && {
          ...before,
          pages: before.pages.map((page) => ({ ...page, recordings: inPlace(page.recordings, next) })),
        },
    );
  };
  const changing = () =>
    (client.getQueryData(options.queryKey)?.pages.flatMap((page) => page.recordings) ?? [])
      .slice(0, MOST_ASKED)
      .map((each) => each.id);
  const these = useQuery({ ...theseOf(words, changing), enabled: (rows?.length ?? 0) > 0 });
  const told = these.data;
  useEffect(() => {
    if (told) put(told.recordings);
    // `put` is new with every look and always does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [told]);
  const look = () => {
    void these.refetch();
    void client.invalidateQueries({ queryKey: sums.queryKey });
  };
  const all = useSave(() => post<{ again: number }>(`/desk/recordings/retry?${words}`), {
    loud: true,
    done: ({ again }) => {
      tell(
        again === 0
          ? logs("recordings.sentNone")
          : logs(again < AT_ONE_WORD ? "recordings.sent" : "recordings.sentMore", { count: again }),
      );
      look();
    },
  });
  if (rows === undefined) {
    return query.isError ? (
      <Failed error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Waiting text={logs("recordings.loading")} />
    );
  }
  if (rows.length === 0) {
    return (
      <Empty
        icon={<AudioLines size={30} />}
        title={logs(isAll ? "recordings.good" : "recordings.none")}
        text={logs(isAll ? "recordings.goodText" : "recordings.noneText")}
      />
    );
  }
  return (
    <div className={css.stack}>
      <Table
        label={logs("recordings.part")}
        head={[
          { text: logs("recordings.call"), width: "30%" },
          { text: t("people.state"), width: 140 },
          logs("recordings.why"),
          { text: logs("recordings.tries"), width: 90 },
          { text: t("act.more"), hidden: true, width: 60 },
        ]}
      >
        {rows.map((each) => (
          <Row key={each.id} recording={each} onChange={look} onErase={erase} />
        ))}
      </Table>
      <div className={css.inRow}>
        {query.hasNextPage && (
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("act.showMore")}
          </Button>
        )}
        {rows.some((each) => mayFetch(each)) && (
          <Button
            variant="default"
            loading={all.busy}
            onClick={() => {
              all.save(undefined);
            }}
          >
            {logs("recordings.allAgain")}
          </Button>
        )}
      </div>
      {erased !== undefined && (
        <EraseRecording
          id={erased}
          onDone={look}
          onClose={() => {
            erase(undefined);
          }}
        />
      )}
    </div>
  );
}

const mayFetch = (recording: WrongRecording): boolean => wordsOf(recording).mayRetry;

interface RowProps {
  recording: WrongRecording;
  onChange: () => void;
  onErase: (id: number) => void;
}

function Row({ recording, onChange, onErase }: RowProps) {
  const { t } = useTranslation();
  const logs = useLogs();
  const { moment } = useTimes();
  const { call } = recording;
  const words = wordsOf(recording);
  const cause = words.cause ? t(`player.why.${words.cause}`, { detail: words.detail }) : words.detail;
  const next =
    words.again &&
    t("player.again", {
      time: t(`player.in.${words.again.unit}`, { count: words.again.count }),
      left: words.again.left,
    });
  const { save } = useSave(() => post(`/desk/recordings/${String(recording.id)}/retry`), {
    changes: ["recordings"],
    loud: true,
    done: onChange,
  });
  const number = call === null ? logs("recordings.noCall") : (call.number ?? logs("recordings.unknown"));
  const when = moment(call?.started_at ?? recording.created_at);
  const label = `${number}, ${when}`;
  const direction = call && t(`calls.ways.${call.direction}`);
  return (
    <tr>
      <td>
        <Two
          first={call?.card ? <CardLink card={call.card} /> : number}
          second={[call?.card ? number : "", direction ?? "", when].filter((each) => each !== "").join(" · ")}
        />
      </td>
      <td>
        <State tone={TONES[recording.state]}>{logs(`recordings.state.${recording.state}`)}</State>
      </td>
      <td>
        <Two first={<span className={css.plain}>{cause}</span>} second={next} />
      </td>
      <td>{logs("recordings.of", { used: TRIES - recording.tries_left, most: TRIES })}</td>
      <td className={css.right}>
        {recording.state !== "deleted" && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={logs("recordings.more", { call: label })}>
                <Ellipsis size={17} aria-hidden="true" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {words.mayRetry && (
                <Menu.Item
                  onClick={() => {
                    save(undefined);
                  }}
                >
                  {logs("recordings.again")}
                </Menu.Item>
              )}
              <Menu.Item
                color="red"
                onClick={() => {
                  onErase(recording.id);
                }}
              >
                {logs("recordings.erase")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </td>
    </tr>
  );
}
