// One call on the screen: who it is, why they probably call, what can be done. Painted at once with what the call itself
// tells; who it is follows as soon as the server has said so.
import { Button, Kbd, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Link2, Minus, Phone, PhoneOff, TriangleAlert, UserPlus, X } from "lucide-react";
import { type ReactNode, useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind, type Caller, caller, closeNotice, command, newContact, type Seen } from "../api/incoming";
import type { Announced, LiveCall } from "../api/types.gen";
import { CardLink } from "../app/CardLink";
import { PickCard } from "../app/PickCard";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { useSave } from "../app/useSave";
import { heardLast } from "../live/store";
import { Why } from "../ui/Form";
import { clock, partOf, written } from "./incoming";
import { whenPainted } from "../ui/painted";
import css from "./Incoming.module.css";
import { keyShown, useCallKeys } from "./IncomingKeys";
import { placeOf } from "./placeOf";

const MOST_CHOICES = 5; // digits that choose a card

export function keyOf(card: { entity: unknown; entity_id: unknown }): string {
  return `${String(card.entity)}/${String(card.entity_id)}`;
}

export function useCaller(call: LiveCall): Caller | undefined {
  return useQuery(caller("calls", call.id, keyOf(call))).data;
}

/** Who it is, in a word or two. */
export function useName(): (number: string | null, known: Caller | undefined, direction?: string) => string {
  const { t } = useTranslation();
  return (number, known, direction) => {
    const name = known?.person?.name ?? known?.card?.name ?? "";
    if (name !== "") return name;
    if (number !== null) return written(number);
    return direction === "internal" ? t("incoming.colleague") : t("incoming.hidden");
  };
}

/** How the call stands, in words. */
export function useStand(call: LiveCall): string {
  const { t } = useTranslation();
  const me = useHere().user.id;
  const { nameOf } = usePeople();
  const { going } = call;
  switch (partOf(going, me)) {
    case "talks":
      return going.on_hold ? t("incoming.held") : t("incoming.talking");
    case "calls":
      return t("incoming.calling");
    case "rings":
    case undefined: {
      if (going.sent_by !== null && going.sent_by !== me)
        return t("incoming.sent", { name: nameOf(going.sent_by) });
      const others = going.ringing.length - 1;
      return others > 0 ? t("incoming.ringsMore", { count: others }) : t("incoming.rings");
    }
  }
}

/** From what was heard until it stands on the screen, for `performance.getEntriesByName`. */
function usePainted(name: string, id: number | string, ready: boolean): void {
  useLayoutEffect(() => {
    const start = heardLast();
    if (!ready || start === 0) return;
    return whenPainted(() => {
      performance.measure(name, { start, detail: id });
    });
  }, [name, id, ready]);
}

/** The cards to choose among; none where there is only the one person with the one lead that is shown already. */
function choicesOf(known: Caller | undefined): Seen[] {
  if (!known) return [];
  const shown = [known.card, known.person, known.lead];
  const isShown = (card: Seen) => shown.some((each) => each?.entity === card.entity && each.id === card.id);
  return known.candidates.every(isShown) ? [] : known.candidates.slice(0, MOST_CHOICES);
}

interface CardProps {
  call: LiveCall;
  now: number; // seconds
  active: boolean; // the keys are its own
  onFold: () => void;
}

export function CallCard({ call, now, active, onFold }: CardProps) {
  const { t } = useTranslation();
  const { user } = useHere();
  const { going } = call;
  const known = useCaller(call);
  const stand = useStand(call);
  const part = partOf(going, user.id);
  const plain = part === "rings";
  const [open, setOpen] = useState<"create" | "attach" | "transfer" | null>(null);
  const close = () => {
    setOpen(null);
  };
  usePainted("call painted", call.id, true);
  usePainted("caller painted", call.id, known !== undefined);

  const ask = useSave((name: Parameters<typeof command>[1]) => command(call.id, name), { loud: true });
  const send = useSave((to: number) => command(call.id, "transfer", to), { loud: true, done: close });
  const choose = useSave((card: Seen) => bind(call.id, card), { loud: true });

  const obeys = known?.obeys === true;
  const isUnknown = known !== undefined && known.candidates.length === 0 && going.number !== null;
  const choices = choicesOf(known);
  useCallKeys(
    {
      f: onFold,
      ...(obeys && part === "rings"
        ? {
            a: () => {
              ask.save("answer");
            },
            d: () => {
              ask.save("decline");
            },
          }
        : {}),
      ...(obeys && part === "talks"
        ? {
            h: () => {
              ask.save(going.on_hold ? "unhold" : "hold");
            },
            x: () => {
              setOpen("transfer");
            },
            e: () => {
              ask.save("hang_up");
            },
          }
        : {}),
      ...(isUnknown
        ? {
            c: () => {
              setOpen("create");
            },
          }
        : {}),
      ...(known && going.direction !== "internal"
        ? {
            l: () => {
              setOpen("attach");
            },
          }
        : {}),
      ...(choices.length > 1
        ? Object.fromEntries(
            choices.map((card, place) => [
              String(place + 1),
              () => {
                choose.save(card);
              },
            ]),
          )
        : {}),
    },
    active,
    plain,
  );

  return (
    <Frame
      tone={part === "talks" ? (going.on_hold ? "held" : "talks") : "rings"}
      stand={stand}
      clock={clock(now - (part === "talks" ? (going.answered_at ?? going.started_at) : going.started_at))}
      corner={
        <>
          {known && !isUnknown && going.direction !== "internal" && (
            <Corner
              label={t("incoming.deeds.attach")}
              keys={keyShown("L", active, plain)}
              icon={<Link2 size={15} />}
              onClick={() => {
                setOpen("attach");
              }}
            />
          )}
          <Corner
            label={t("incoming.deeds.fold")}
            keys={keyShown("F", active, plain)}
            icon={<Minus size={15} />}
            onClick={onFold}
          />
        </>
      }
    >
      <Who number={going.number} known={known} direction={going.direction} now={now} line={going.line} />
      {choices.length > 1 && (
        <Choices
          cards={choices}
          known={known}
          keyOf={(place) => keyShown(String(place + 1), active, plain)}
          onChoose={(card) => {
            choose.save(card);
          }}
        />
      )}
      {open === "create" && going.number !== null ? (
        <Create number={going.number} callId={call.id} onDone={close} />
      ) : (
        isUnknown && (
          <div className={css.deeds}>
            <Deed
              text={t("incoming.deeds.create")}
              keys={keyShown("C", active, plain)}
              icon={<UserPlus size={15} />}
              onClick={() => {
                setOpen("create");
              }}
            />
            <Deed
              text={t("incoming.deeds.attach")}
              keys={keyShown("L", active, plain)}
              icon={<Link2 size={15} />}
              onClick={() => {
                setOpen("attach");
              }}
            />
          </div>
        )
      )}
      {obeys && part === "rings" && (
        <div className={css.deeds}>
          <Deed
            text={t("incoming.deeds.answer")}
            keys={keyShown("A", active, plain)}
            icon={<Phone size={15} />}
            tone="good"
            busy={ask.busy}
            onClick={() => {
              ask.save("answer");
            }}
          />
          <Deed
            text={t("incoming.deeds.decline")}
            keys={keyShown("D", active, plain)}
            icon={<PhoneOff size={15} />}
            tone="bad"
            onClick={() => {
              ask.save("decline");
            }}
          />
        </div>
      )}
      {known && !known.obeys && part === "rings" && <p className={css.hint}>{t("incoming.byPhone")}</p>}
      {obeys && part === "talks" && (
        <div className={css.deeds}>
          <Deed
            text={t(going.on_hold ? "incoming.deeds.unhold" : "incoming.deeds.hold")}
            keys={keyShown("H", active, plain)}
            onClick={() => {
              ask.save(going.on_hold ? "unhold" : "hold");
            }}
          />
          <Deed
            text={t("incoming.deeds.transfer")}
            keys={keyShown("X", active, plain)}
            onClick={() => {
              setOpen(open === "transfer" ? null : "transfer");
            }}
          />
          <Deed
            text={t("incoming.deeds.hang_up")}
            keys={keyShown("E", active, plain)}
            tone="bad"
            busy={ask.busy}
            onClick={() => {
              ask.save("hang_up");
            }}
          />
        </div>
      )}
      {open === "transfer" && part === "talks" && (
        <Transfer
          busy={send.busy}
          onSend={(to) => {
            send.save(to);
          }}
          onClose={close}
        />
      )}
      {open === "attach" && <Attach callId={call.id} known={known} onClose={close} />}
    </Frame>
  );
}

/** A call that an integration announces. */
export function NoticeCard({ notice, now, active }: { notice: Announced; now: number; active: boolean }) {
  const { t } = useTranslation();
  const known = useQuery(caller("notices", notice.id, keyOf(notice))).data;
  const [creating, setCreating] = useState(false);
  const away = useSave(() => closeNotice(notice.id), { loud: true });
  const isUnknown = known !== undefined && known.candidates.length === 0;
  usePainted("call painted", notice.id, true);
  const create = () => {
    setCreating(true);
  };
  const close = () => {
    away.save(undefined);
  };
  useCallKeys({ f: close, ...(isUnknown ? { c: create } : {}) }, active, true);
  return (
    <Frame
      tone="rings"
      stand={t("incoming.announced")}
      clock={clock(now - notice.created_at)}
      corner={
        <Corner
          label={t("incoming.deeds.close")}
          keys={active ? "F" : ""}
          icon={<X size={15} />}
          onClick={close}
        />
      }
    >
      <Who number={notice.number} known={known} direction="inbound" now={now} line={null} />
      {creating ? (
        <Create
          number={notice.number}
          onDone={() => {
            setCreating(false);
          }}
        />
      ) : (
        isUnknown && (
          <div className={css.deeds}>
            <Deed
              text={t("incoming.deeds.create")}
              keys={active ? "C" : ""}
              icon={<UserPlus size={15} />}
              onClick={create}
            />
          </div>
        )
      )}
    </Frame>
  );
}

interface FrameProps {
  tone: "rings" | "talks" | "held" | "left" | "missed";
  stand: string;
  clock?: string;
  corner?: ReactNode;
  children: ReactNode;
}

export function Frame({ tone, stand, clock: time, corner, children }: FrameProps) {
  return (
    <article className={css.card} data-tone={tone} aria-label={stand}>
      <header className={css.head}>
        <span className={css.dot} aria-hidden="true" />
        <span className={css.stand} role="status">
          {stand}
        </span>
        {time !== undefined && (
          <span className={css.clock} role="timer">
            {time}
          </span>
        )}
        {corner}
      </header>
      {children}
    </article>
  );
}

function Corner({
  label,
  keys,
  icon,
  onClick,
}: {
  label: string;
  keys: string;
  icon: ReactNode;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      className={css.corner}
      aria-label={label}
      title={keys === "" ? label : `${label} (${keys})`}
      onClick={onClick}
    >
      {icon}
    </button>
  );
}

interface WhoProps {
  number: string | null;
  known: Caller | undefined;
  direction: string;
  now: number;
  line: string | null;
}

/** The first glance. Its rows keep their place while it is asked who this is. */
function Who({ number, known, direction, now, line }: WhoProps) {
  const { t, i18n } = useTranslation();
  const { money, moment } = useTimes();
  const me = useHere().user.id;
  const { nameOf } = usePeople();
  const name = useName()(number, known, direction);
  const person = known?.person ?? known?.card ?? null;
  const lead = known?.lead ?? null;
  const place = number === null || person ? null : placeOf(number, i18n.language);
  const there =
    place?.zone === undefined
      ? null
      : new Intl.DateTimeFormat(i18n.language, {
          hour: "numeric",
          minute: "2-digit",
          timeZone: place.zone,
        }).format(now * 1000);
  const owner = (lead ?? person)?.owner;
  const isStranger = known !== undefined && person === null && direction !== "internal";
  return (
    <div className={css.who}>
      <p className={css.name}>{person ? <CardLink card={person} className={css.link} /> : name}</p>
      <p className={css.under}>
        {person?.company && (
          <CardLink card={{ entity: "companies", ...person.company }} className={css.link} />
        )}
        {person && number !== null && <span>{written(number)}</span>}
        {known === undefined && direction !== "internal" && <span>{t("incoming.looking")}</span>}
        {isStranger && number !== null && <span>{t("incoming.unknown")}</span>}
        {place && <span>{place.name}</span>}
        {there !== null && <span>{t("incoming.time", { time: there })}</span>}
      </p>
      {lead && (
        <p className={css.lead}>
          <CardLink card={lead} className={css.link} />
          {lead.stage !== null && <span className={css.stage}>{lead.stage}</span>}
          {lead.price !== null && lead.price > 0 && <b>{money(lead.price)}</b>}
          {known && known.leads > 1 && (
            <span className={css.more}>{t("incoming.leads", { count: known.leads })}</span>
          )}
        </p>
      )}
      {known?.debt && (
        <p className={css.debt}>
          <TriangleAlert size={14} aria-hidden="true" />
          {known.debt.calls > 1 ? t("incoming.owedMore", { count: known.debt.calls }) : t("incoming.owed")}
          <span className={css.more}>{t("incoming.since", { when: moment(known.debt.opened_at) })}</span>
        </p>
      )}
      <p className={css.facts}>
        {owner !== undefined && (
          <span>
            {owner === me
              ? t("incoming.yours")
              : owner === 0
                ? t("incoming.nobodys")
                : t("incoming.of", { name: nameOf(owner) })}
          </span>
        )}
        {line !== null && <span>{t("incoming.line", { line: known?.line?.name || written(line) })}</span>}
        {known && known.today > 1 && <span>{t("incoming.again", { count: known.today })}</span>}
      </p>
    </div>
  );
}

interface ChoicesProps {
  cards: Seen[];
  known: Caller | undefined;
  keyOf: (place: number) => string;
  onChoose: (card: Seen) => void;
}

/** The cards that may be meant, the likeliest first, with the reason for it. */
function Choices({ cards, known, keyOf: keyAt, onChoose }: ChoicesProps) {
  const { t } = useTranslation();
  const { money, ago } = useTimes();
  const whyFirst = (): string => {
    if (!known?.why) return "";
    if (known.why === "one_lead" || known.why === "one_customer") return t(`incoming.why.${known.why}`);
    return known.chosen ? t(`incoming.why.${known.chosen}`) : "";
  };
  const whyOf = (card: Seen): string => {
    if (card.stage !== null)
      return [card.stage, card.price ? money(card.price) : ""].filter(Boolean).join(" · ");
    const talked = card.talked_at === null ? "" : t("incoming.talkedAt", { when: ago(card.talked_at) });
    return [card.company?.name ?? "", talked].filter(Boolean).join(" · ");
  };
  return (
    <div className={css.choices}>
      <p className={css.small}>{t("incoming.maybe")}</p>
      <ol>
        {cards.map((card, place) => {
          const isNow = known?.card?.entity === card.entity && known.card.id === card.id;
          return (
            <li key={`${card.entity}${card.id}`}>
              <button
                type="button"
                className={css.choice}
                aria-pressed={isNow}
                onClick={() => {
                  if (!isNow) onChoose(card);
                }}
              >
                {keyAt(place) !== "" && (
                  <Kbd className={css.kbd} aria-hidden="true">
                    {keyAt(place)}
                  </Kbd>
                )}
                <span className={css.choiceName}>{card.name === "" ? t("contacts.unnamed") : card.name}</span>
                <span className={css.choiceWhy}>
                  {t(`search.${card.entity}`)}
                  {(isNow ? whyFirst() : "") !== "" ? ` · ${whyFirst()}` : whyOf(card) && ` · ${whyOf(card)}`}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

interface DeedProps {
  text: string;
  keys: string;
  icon?: ReactNode;
  tone?: "good" | "bad";
  busy?: boolean;
  onClick: () => void;
}

function Deed({ text, keys, icon, tone, busy = false, onClick }: DeedProps) {
  return (
    <Button
      size="xs"
      className={css.deed ?? ""}
      variant={tone === "good" ? "filled" : "default"}
      {...(tone === "good" ? { color: "green" } : tone === "bad" ? { c: "red" } : {})}
      leftSection={icon}
      rightSection={
        keys === "" ? null : (
          <Kbd className={css.kbd} aria-hidden="true">
            {keys}
          </Kbd>
        )
      }
      loading={busy}
      onClick={onClick}
    >
      {text}
    </Button>
  );
}

/** A contact with this number; the call goes to it. */
function Create({ number, callId, onDone }: { number: string; callId?: number; onDone: () => void }) {
  const { t } = useTranslation();
  const { user } = useHere();
  const [name, setName] = useState("");
  const { save, busy, why } = useSave(
    async () => {
      const id = await newContact(name.trim(), number, user.id);
      if (callId !== undefined) await bind(callId, { entity: "contacts", id });
    },
    { changes: ["contacts", "counts", "caller"], said: t("incoming.created"), done: onDone },
  );
  return (
    <form
      className={css.form}
      aria-label={t("incoming.deeds.create")}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") save(undefined);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <Why text={why} />
      <TextInput
        autoFocus
        label={t("incoming.newName")}
        description={written(number)}
        autoComplete="off"
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <div className={css.deeds}>
        <Button type="submit" size="xs" loading={busy} disabled={name.trim() === ""}>
          {t("act.create")}
        </Button>
        <Button size="xs" variant="default" onClick={onDone}>
          {t("act.cancel")}
        </Button>
      </div>
    </form>
  );
}

function Attach({
  callId,
  known,
  onClose,
}: {
  callId: number;
  known: Caller | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { save, busy, why } = useSave((card: Parameters<typeof bind>[1]) => bind(callId, card), {
    changes: ["caller"],
    said: t("incoming.attached"),
    done: onClose,
  });
  return (
    <PickCard
      title={t("incoming.attachTitle")}
      text={t("incoming.attachText")}
      likely={known?.candidates ?? []}
      busy={busy}
      trouble={<Why text={why} />}
      onPick={save}
      onClose={onClose}
    />
  );
}

function Transfer({
  busy,
  onSend,
  onClose,
}: {
  busy: boolean;
  onSend: (to: number) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const me = useHere().user.id;
  const { choices } = usePeople();
  return (
    <div className={css.form}>
      <Select
        autoFocus
        searchable
        defaultDropdownOpened
        disabled={busy}
        aria-label={t("incoming.transferTo")}
        placeholder={t("incoming.transferHint")}
        data={choices.filter((each) => each.value !== String(me))}
        comboboxProps={{ zIndex: 400, position: "top-start" }}
        onChange={(value) => {
          if (value !== null) onSend(Number(value));
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
        }}
      />
    </div>
  );
}

/** What stays for a moment: somebody else answered, or nobody did. */
export function LeftCard({ call, words, missed }: { call: LiveCall; words: string; missed: boolean }) {
  const { t } = useTranslation();
  const known = useCaller(call);
  const name = useName()(call.going.number, known, call.going.direction);
  return (
    <Frame tone={missed ? "missed" : "left"} stand={words}>
      <div className={css.who}>
        <p className={css.name}>
          {known?.person ? <CardLink card={known.person} className={css.link} /> : name}
        </p>
        {missed && (
          <p className={css.under}>
            <span>{t("incoming.missedText")}</span>
            <Link to="/" className={css.link}>
              {t("incoming.missedGo")}
            </Link>
          </p>
        )}
      </div>
    </Frame>
  );
}
