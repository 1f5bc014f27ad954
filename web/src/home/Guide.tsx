// The first three steps of a new company: how calls reach it, whose phones ring, and one call to see it. Each step looks for
// itself whether it is done, so whoever comes back goes on where they were.
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, Phone } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { get, post, put } from "../api/client";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { useSave } from "../app/useSave";
import { Copy } from "../ui/Copy";
import { Form, Why } from "../ui/Form";
import { State } from "../ui/State";
import { Question } from "../ui/Window";
import css from "./Guide.module.css";
import { guideKept } from "./guideKept";
import home from "./Home.module.css";
import { canSign, command, type Key, signal, tell } from "./signal";

const LOOKS_EVERY = 2_000; // ms, while something is not done
const RINGS = 5_000; // ms
const TALKS = 5_000; // ms

interface Pbx {
  id: number;
  kind: string;
  key_id: string;
  is_active: boolean;
  heard_at: number | null;
}
interface Extension {
  user_id: number;
  number: string;
}

export function Guide() {
  const { t } = useTranslation();
  const here = useHere();
  const kept = guideKept(here.account.id);
  const [hidden, hide] = useState(() => localStorage.getItem(kept));
  const [key, setKey] = useState<Key | null>(null);
  const open = hidden === null;
  const every = (isDone: boolean) => (open && !isDone ? LOOKS_EVERY : false);
  // Under keys of their own: they are asked again and again, and other screens need not be.
  const pbxes = useQuery({
    queryKey: ["guide", "pbxes"],
    queryFn: async () => (await get<{ pbxes: Pbx[] }>("/desk/routing")).pbxes,
    refetchInterval: (query) => every(hears(query.state.data)),
  }).data;
  const extensions = useQuery({
    queryKey: ["guide", "extensions"],
    queryFn: async () => (await get<{ extensions: Extension[] }>("/desk/extensions")).extensions,
  }).data;
  const calls = useQuery({
    queryKey: ["guide", "calls"],
    queryFn: async () => (await get<{ calls: unknown[] }>("/desk/calls?limit=1")).calls,
    refetchInterval: (query) => every((query.state.data?.length ?? 0) > 0),
  }).data;
  const putAway = (value: string | null) => {
    if (value === null) localStorage.removeItem(kept);
    else localStorage.setItem(kept, value);
    hide(value);
  };
  if (!pbxes || !extensions || !calls) return null;
  const isDone = hears(pbxes) && extensions.length > 0 && calls.length > 0;
  if (!open && (isDone || hidden === "done")) return null;
  if (!open) {
    return (
      <p className={css.skipped}>
        {t("guide.skipped")}
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            putAway(null);
          }}
        >
          {t("guide.resume")}
        </Button>
      </p>
    );
  }
  const mine = extensions.find((each) => each.user_id === here.user.id)?.number ?? "";
  return (
    <section className={css.guide} aria-label={t("guide.title")}>
      <div className={css.head}>
        <div>
          <h2>{t("guide.title")}</h2>
          <p>{isDone ? t("guide.allDone") : t("guide.text")}</p>
        </div>
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            putAway(isDone ? "done" : "skipped");
          }}
        >
          {isDone ? t("guide.close") : t("guide.skip")}
        </Button>
      </div>
      <ol className={css.steps}>
        <How pbxes={pbxes} keyMade={key} agent={mine} onKey={setKey} />
        <Whose count={extensions.length} mine={mine} />
        <Try mine={mine} keyMade={key} came={calls.length > 0} />
      </ol>
    </section>
  );
}

const hears = (pbxes: Pbx[] | undefined): boolean => pbxes?.some((each) => each.heard_at !== null) ?? false;

function How({
  pbxes,
  keyMade,
  agent,
  onKey,
}: {
  pbxes: Pbx[];
  keyMade: Key | null;
  agent: string;
  onKey: (key: Key) => void;
}) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const client = useQueryClient();
  const [way, choose] = useState("http");
  const [asks, setAsks] = useState(false);
  const pbx = pbxes.find((each) => each.kind === "http" && each.is_active);
  const heard = Math.max(0, ...pbxes.map((each) => each.heard_at ?? 0));
  const { save, busy, why, clear } = useSave(
    async () =>
      pbx === undefined
        ? post<Key>("/desk/pbxes", { kind: "http", name: t("guide.pbxName") })
        : {
            key_id: pbx.key_id,
            ...(await post<{ secret: string }>(`/desk/pbxes/${String(pbx.id)}/secret`, {})),
          },
    {
      changes: ["routing"],
      done: (key) => {
        setAsks(false);
        onKey(key);
        void client.invalidateQueries({ queryKey: ["guide"] });
      },
    },
  );
  const shown = keyMade ?? pbx;
  return (
    <Step
      title={t("guide.how")}
      text={t("guide.howText")}
      done={heard > 0 ? t("guide.heard", { when: moment(heard) }) : ""}
    >
      <SegmentedControl
        size="xs"
        aria-label={t("guide.ways")}
        value={way}
        onChange={choose}
        data={[
          { value: "http", label: t("guide.http") },
          { value: "asterisk", label: `${t("guide.asterisk")} — ${t("guide.soon")}` },
        ]}
      />
      {way === "asterisk" && <p>{t("guide.asteriskText")}</p>}
      {!asks && <Why text={why} />}
      {shown === undefined ? (
        <>
          <p>{t("guide.keyText")}</p>
          <Button
            size="xs"
            loading={busy}
            onClick={() => {
              save(undefined);
            }}
          >
            {t("guide.makeKey")}
          </Button>
        </>
      ) : (
        <div className={css.wide}>
          <Copy text={shown.key_id} label={t("guide.key")} />
          {keyMade === null ? (
            <div className={css.row}>
              <p>{t("guide.secretGone")}</p>
              <Button
                variant="default"
                size="xs"
                onClick={() => {
                  setAsks(true);
                }}
              >
                {t("guide.newSecret")}
              </Button>
            </div>
          ) : (
            <>
              <Copy text={keyMade.secret} label={t("guide.secret")} secret />
              <p>{t("guide.secretOnce")}</p>
            </>
          )}
          <p>
            {t("guide.commandText")}{" "}
            <a href="/docs/api" className={css.link}>
              {t("guide.docs")}
            </a>
          </p>
          <Copy text={command(shown, agent || "101")} label={t("guide.command")} block />
          <div role="status">{heard === 0 && <State tone="warn">{t("guide.waiting")}</State>}</div>
        </div>
      )}
      {asks && (
        <Question
          title={t("guide.newSecretAsk")}
          text={t("guide.newSecretText")}
          yes={t("guide.newSecret")}
          busy={busy}
          trouble={<Why text={why} />}
          onYes={() => {
            save(undefined);
          }}
          onClose={() => {
            clear();
            setAsks(false);
          }}
        />
      )}
    </Step>
  );
}

function Whose({ count, mine }: { count: number; mine: string }) {
  const { t } = useTranslation();
  const here = useHere();
  const client = useQueryClient();
  const [number, setNumber] = useState("");
  const { save, busy, why } = useSave(
    () => put(`/desk/extensions/${String(here.user.id)}`, { extensions: [{ number: number.trim() }] }),
    {
      changes: ["phones"],
      said: t("said.saved"),
      done: () => {
        void client.invalidateQueries({ queryKey: ["guide", "extensions"] });
      },
    },
  );
  return (
    <Step
      title={t("guide.whose")}
      text={t("guide.whoseText")}
      done={count > 0 ? t("guide.known", { count }) : ""}
    >
      <div className={css.row}>
        {mine === "" && (
          <Form
            label={t("guide.mine")}
            onSubmit={() => {
              save(undefined);
            }}
          >
            <div className={css.row}>
              <TextInput
                label={t("guide.mine")}
                placeholder="101"
                inputMode="numeric"
                size="xs"
                w={150}
                value={number}
                onChange={(event) => {
                  setNumber(event.currentTarget.value);
                }}
              />
              <Button
                type="submit"
                size="xs"
                variant="default"
                loading={busy}
                disabled={number.trim() === ""}
              >
                {t("act.save")}
              </Button>
            </div>
          </Form>
        )}
        <Button component={Link} to="/settings/phones" size="xs" variant="default">
          {t("guide.others")}
        </Button>
      </div>
      <Why text={why} />
    </Step>
  );
}

type Stage = "" | "ringing" | "talking" | "ended";

function Try({ mine, keyMade, came }: { mine: string; keyMade: Key | null; came: boolean }) {
  const { t } = useTranslation();
  const [stage, setStage] = useState<Stage>("");
  const { save, busy, why } = useSave(
    async ({ next, call }: { next: Exclude<Stage, "">; call: string }) => {
      if (keyMade === null) return;
      const name = next === "talking" ? "answered" : next === "ended" ? "hung_up" : "ringing";
      await tell(keyMade, [signal(name, call, mine)]);
      setStage(next);
    },
    { loud: true },
  );
  // Whoever goes to another page in the middle leaves no call that rings for ever.
  const hangUp = useRef<(() => void) | null>(null);
  useEffect(() => () => hangUp.current?.(), []);
  const ring = () => {
    const call = `test-${crypto.randomUUID()}`;
    save({ next: "ringing", call });
    const timers = [
      setTimeout(() => {
        save({ next: "talking", call });
      }, RINGS),
      setTimeout(() => {
        hangUp.current = null;
        save({ next: "ended", call });
      }, RINGS + TALKS),
    ];
    hangUp.current = () => {
      timers.forEach(clearTimeout);
      if (keyMade !== null) void tell(keyMade, [signal("hung_up", call, mine)]);
    };
  };
  const missing =
    mine === "" ? t("guide.needsPhone") : keyMade === null || !canSign() ? t("guide.needsKey") : "";
  const goes = stage === "ringing" || stage === "talking";
  return (
    <Step title={t("guide.try")} text={t("guide.tryText")} done={came ? t("guide.came") : ""}>
      <Button
        size="xs"
        variant="default"
        leftSection={<Phone size={14} aria-hidden="true" />}
        disabled={missing !== "" || goes || busy}
        onClick={ring}
      >
        {t("guide.ring")}
      </Button>
      <p role="status">{stage === "" ? missing : t(`guide.${stage}`)}</p>
      <Why text={why} />
    </Step>
  );
}

function Step(props: { title: string; text: string; done: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <li className={css.step}>
      {props.done === "" ? (
        <span className={home.open} aria-hidden="true" />
      ) : (
        <span className={home.done} role="img" aria-label={t("guide.done")}>
          <Check size={14} strokeWidth={3} />
        </span>
      )}
      <div className={home.words}>
        <h3>
          {props.title}
          {props.done !== "" && <span className={home.doneText}>{props.done}</span>}
        </h3>
        <p>{props.text}</p>
      </div>
      <div className={css.deed}>{props.children}</div>
    </li>
  );
}
