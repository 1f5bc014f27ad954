// The log of one webhook: what was sent, how it went, and once more. What is read stays in its place; what becomes of it
// is asked for again and again, and what is new waits for a word.
import { ActionIcon, Button, SegmentedControl, Tooltip } from "@mantine/core";
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, RefreshCw, Send } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import {
  type Delivery,
  type DeliveryState,
  type Hook,
  type Log,
  logOf,
  MOST_ASKED,
  newsOf,
  sendAgain,
} from "../api/logs";
import { Failed } from "../app/Shown";
import { useLogs } from "../app/texts/logs";
import { type Times, useTimes } from "../app/times";
import { tell } from "../app/told";
import { useSave } from "../app/useSave";
import { Note } from "../ui/Form";
import { Empty, Page, Waiting } from "../ui/Page";
import { State, type Tone } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { counted, inPlace, partsOf } from "./counted";
import { DeliveryWindow } from "./DeliveryWindow";
import css from "./Settings.module.css";

const STATES = ["failed", "waiting", "delivered"] as const;
const TONES: Record<DeliveryState, Tone> = { failed: "bad", waiting: "warn", delivered: "good" };
const AT_ONE_WORD = 1_000; // as many as the server sends again at a time

export function Deliveries() {
  const { id = "" } = useParams({ strict: false });
  const [state, setState] = useState<DeliveryState | "">("");
  return <LogPage key={`${id} ${state}`} id={Number(id)} state={state} onState={setState} />;
}

interface LogProps {
  id: number;
  state: DeliveryState | "";
  onState: (state: DeliveryState | "") => void;
}

function LogPage({ id, state, onState }: LogProps) {
  const { t } = useTranslation();
  const logs = useLogs();
  const client = useQueryClient();
  const options = logOf(id, state);
  const query = useInfiniteQuery(options);
  const rows = query.data?.pages.flatMap((page) => page.deliveries);
  const [opened, open] = useState<number>();
  const put = (next: readonly Delivery[]) => {
    client.setQueryData<InfiniteData<Log, number | null>>(
      options.queryKey,
      (before) =>
        before && {
          ...before,
          pages: before.pages.map((page) => ({ ...page, deliveries: inPlace(page.deliveries, next) })),
        },
    );
  };
  const since = rows?.[0]?.id ?? 0;
  const changing = () =>
    (client.getQueryData(options.queryKey)?.pages.flatMap((page) => page.deliveries) ?? [])
      .filter((each) => each.state !== "delivered")
      .slice(0, MOST_ASKED)
      .map((each) => each.id);
  const news = useQuery({ ...newsOf(id, state, since, changing), enabled: rows !== undefined });
  const told = news.data;
  useEffect(() => {
    if (told) put(told.deliveries);
    // `put` is new with every look and always does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [told]);
  const fromTop = () => void client.resetQueries({ queryKey: options.queryKey });
  const isEmpty = rows?.length === 0;
  const newer = told?.newer.count ?? 0;
  useEffect(() => {
    if (isEmpty && newer > 0) void client.resetQueries({ queryKey: logOf(id, state).queryKey });
  }, [client, id, state, isEmpty, newer]);
  const hook = told?.webhook ?? query.data?.pages[0]?.webhook;
  return (
    <Page
      title={logs("hook.title")}
      text={
        <>
          <Link to="/settings/webhooks" className={css.back}>
            <ArrowLeft size={14} aria-hidden="true" />
            {logs("hook.back")}
          </Link>
          {hook && <span className={css.address}>{hook.destination}</span>}
        </>
      }
      actions={
        hook && !hook.disabled && <Deeds hook={hook} onLook={() => void news.refetch()} onTop={fromTop} />
      }
    >
      {hook?.disabled && <Off hook={hook} onLook={() => void news.refetch()} />}
      <div className={css.bar}>
        <SegmentedControl
          size="xs"
          aria-label={logs("hook.filter")}
          value={state}
          onChange={onState}
          data={[
            { value: "", label: logs("hook.all") },
            ...STATES.map((each) => ({
              value: each,
              label:
                hook && each !== "delivered" && hook[each].count > 0
                  ? `${logs(`hook.${each}`)} · ${counted(hook[each])}`
                  : logs(`hook.${each}`),
            })),
          ]}
        />
        {told && newer > 0 && !isEmpty && (
          <Button size="compact-sm" variant="subtle" onClick={fromTop}>
            {logs("hook.newer", { number: counted(told.newer) })}
          </Button>
        )}
      </div>
      {rows === undefined ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={logs("hook.loading")} />
        )
      ) : isEmpty ? (
        <Empty
          icon={<Send size={30} />}
          title={logs(state === "" ? "hook.empty" : "hook.none")}
          text={logs(state === "" ? "hook.emptyText" : "hook.noneText")}
        />
      ) : (
        <div className={css.stack}>
          <Table
            label={logs("hook.title")}
            head={[
              { text: logs("hook.event"), width: "28%" },
              { text: logs("hook.state"), width: 130 },
              logs("hook.answer"),
              { text: logs("hook.tries"), width: 190 },
              { text: t("act.more"), hidden: true, width: 60 },
            ]}
          >
            {rows.map((each) => (
              <Row key={each.id} delivery={each} isOff={hook?.disabled ?? false} onOpen={open} onSent={put} />
            ))}
          </Table>
          {query.hasNextPage && (
            <div>
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("act.showMore")}
              </Button>
            </div>
          )}
        </div>
      )}
      {opened !== undefined && (
        <DeliveryWindow
          id={opened}
          onClose={() => {
            open(undefined);
          }}
        />
      )}
    </Page>
  );
}

interface DeedsProps {
  hook: Hook;
  onLook: () => void;
  onTop: () => void;
}

function Deeds({ hook, onLook, onTop }: DeedsProps) {
  const logs = useLogs();
  const test = useSave(() => post(`/desk/webhooks/${String(hook.id)}/test`), {
    said: logs("hook.tested"),
    loud: true,
    done: onTop,
  });
  const failed = useSave(() => post<{ again: number }>(`/desk/webhooks/${String(hook.id)}/send-failed`), {
    loud: true,
    done: ({ again }) => {
      tell(
        again === 0
          ? logs("hook.sentNone")
          : logs(again < AT_ONE_WORD ? "hook.sent" : "hook.sentMore", { count: again }),
      );
      onLook();
    },
  });
  return (
    <>
      <Button
        variant="default"
        loading={test.busy}
        onClick={() => {
          test.save(undefined);
        }}
      >
        {logs("hook.test")}
      </Button>
      {hook.failed.count > 0 && (
        <Button
          leftSection={<RefreshCw size={15} />}
          loading={failed.busy}
          onClick={() => {
            failed.save(undefined);
          }}
        >
          {`${logs("hook.sendFailed")} · ${counted(hook.failed)}`}
        </Button>
      )}
    </>
  );
}

function Off({ hook, onLook }: { hook: Hook; onLook: () => void }) {
  const logs = useLogs();
  const { save, busy } = useSave(() => post(`/desk/webhooks/${String(hook.id)}/enable`), {
    changes: ["webhooks"],
    said: logs("hook.enabled"),
    loud: true,
    done: onLook,
  });
  return (
    <div className={css.offNote}>
      <Note tone="warn">
        <div className={css.offRow}>
          <span>{logs("hook.off")}</span>
          <Button
            loading={busy}
            onClick={() => {
              save(undefined);
            }}
          >
            {logs("hook.enable")}
          </Button>
        </div>
      </Note>
    </div>
  );
}

interface RowProps {
  delivery: Delivery;
  isOff: boolean;
  onOpen: (id: number) => void;
  onSent: (rows: Delivery[]) => void;
}

function Row({ delivery, isOff, onOpen, onSent }: RowProps) {
  const logs = useLogs();
  const times = useTimes();
  const event = useEventWords()(delivery.event);
  const { save, busy } = useSave(() => sendAgain(delivery.id), {
    loud: true,
    done: (next) => {
      onSent([next]);
    },
  });
  const when = times.moment(delivery.created_at);
  const look = logs("hook.look", { event, when });
  const again = logs("hook.againOf", { event, when });
  return (
    <tr>
      <td>
        <Two
          first={
            <button
              type="button"
              className={css.asLink}
              aria-label={look}
              onClick={() => {
                onOpen(delivery.id);
              }}
            >
              {event}
            </button>
          }
          second={when}
        />
      </td>
      <td>
        <State tone={TONES[delivery.state]}>{logs(`hook.is.${delivery.state}`)}</State>
      </td>
      <td>
        <AnswerCell delivery={delivery} />
      </td>
      <td>
        <Two first={delivery.attempts} second={nextOf(delivery, times, logs)} />
      </td>
      <td className={css.right}>
        <Tooltip label={logs("hook.again")} openDelay={400}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={again}
            loading={busy}
            disabled={isOff}
            onClick={() => {
              save(undefined);
            }}
          >
            <RefreshCw size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </td>
    </tr>
  );
}

function AnswerCell({ delivery }: { delivery: Delivery }) {
  const logs = useLogs();
  const { status, cause, detail, attempts } = delivery;
  if (attempts === 0 && cause === null) return <span className={css.dim}>{logs("hook.notTried")}</span>;
  return (
    <Two
      first={status ?? logs("hook.noAnswer")}
      second={
        cause !== null && (
          <>
            {logs(`hook.cause.${cause}`)}
            {detail !== null && <span className={css.detail}>{detail}</span>}
          </>
        )
      }
    />
  );
}

function nextOf(delivery: Delivery, times: Times, logs: ReturnType<typeof useLogs>): string | undefined {
  if (delivery.next_at === null || delivery.attempts === 0) return undefined;
  const isSoon = delivery.next_at * 1000 <= Date.now();
  return logs("hook.next", { when: isSoon ? logs("hook.soon") : times.moment(delivery.next_at) });
}

/** An event in words. */
export function useEventWords(): (event: string) => string {
  const logs = useLogs();
  return (event) => {
    const { of, did } = partsOf(event);
    return did ? `${logs(`hook.of.${of}`)}: ${logs(`hook.did.${did}`)}` : logs(`hook.of.${of}`);
  };
}
