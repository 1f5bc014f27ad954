// Extensions: which phones of whom ring, and who is away or does not want to be disturbed.
import { ActionIcon, Button, Menu, Select, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { put } from "../api/client";
import { type User, users } from "../api/desk";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { useSave } from "../app/useSave";
import { Form, Pair, Why } from "../ui/Form";
import { Page } from "../ui/Page";
import { State, type Tone } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { Deeds, Window } from "../ui/Window";
import { doubleOf } from "./doubles";
import { type Absence, type Phone, type PhoneKind, phones, type Phones as Found, routing } from "./routing";
import css from "./Phones.module.css";

const KINDS = ["desk", "browser", "mobile", "fmc"] as const;
const NONE = "none";

type Open = { what: "phones" | "absence"; user: User };

export function Phones() {
  const { t } = useTranslation();
  const query = useQuery(phones);
  const people = useQuery(users);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <Page title={t("phones.title")} text={t("phones.text")}>
      <Shown query={query} waiting={t("phones.loading")}>
        {(found) => (
          <Shown query={people} waiting={t("phones.loading")}>
            {(everybody) => (
              <>
                <Table
                  label={t("phones.title")}
                  head={[
                    { text: t("phones.person"), width: 220 },
                    t("phones.numbers"),
                    { text: t("phones.state"), width: 260 },
                    { text: t("act.more"), hidden: true, width: 60 },
                  ]}
                >
                  {everybody
                    .filter((user) => user.is_active)
                    .map((user) => (
                      <Row key={user.id} user={user} found={found} everybody={everybody} onOpen={setOpen} />
                    ))}
                </Table>
                {open?.what === "phones" && (
                  <PhonesWindow user={open.user} found={found} everybody={everybody} onClose={close} />
                )}
                {open?.what === "absence" && (
                  <AbsenceWindow user={open.user} found={found} everybody={everybody} onClose={close} />
                )}
              </>
            )}
          </Shown>
        )}
      </Shown>
    </Page>
  );
}

interface Given {
  user: User;
  found: Found;
  everybody: User[];
}

function Row({ user, found, everybody, onOpen }: Given & { onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const own = found.extensions.filter((each) => each.user_id === user.id);
  const [tone, words, more] = useNow(
    found.absences.find((each) => each.user_id === user.id),
    everybody,
  );
  return (
    <tr>
      <td>
        <Two first={user.name} />
      </td>
      <td>
        {own.length === 0 ? (
          <span className={css.none}>{t("phones.none")}</span>
        ) : (
          own.map((each) => (
            <div key={each.id}>
              {each.number}{" "}
              <span className={css.kind}>
                {[
                  t(`phones.kinds.${each.kind}`),
                  ...(each.is_confirmed_by_key ? [t("phones.byKeyShort")] : []),
                  ...(each.rings ? [] : [t("phones.silent")]),
                ].join(", ")}
              </span>
            </div>
          ))
        )}
      </td>
      <td>
        <Two first={<State tone={tone}>{words}</State>} second={more} />
      </td>
      <td className={css.right}>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t("act.more")}: ${user.name}`}>
              <Ellipsis size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              onClick={() => {
                onOpen({ what: "phones", user });
              }}
            >
              {t("phones.edit")}
            </Menu.Item>
            <Menu.Item
              onClick={() => {
                onOpen({ what: "absence", user });
              }}
            >
              {t("phones.absence")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  );
}

/** How it stands with somebody at this moment: tone, words, and who stands in. */
function useNow(absence: Absence | undefined, everybody: User[]): [Tone, string, string] {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const [now] = useState(() => Date.now() / 1000);
  const { quiet_until: quiet, away_from: from, away_until: until, deputy_id: deputy } = absence ?? {};
  const name = everybody.find((each) => each.id === deputy)?.name;
  const standsIn = name === undefined ? "" : t("phones.deputy", { name });
  if (((from ?? null) !== null || (until ?? null) !== null) && (until ?? Infinity) > now) {
    if ((from ?? 0) > now) return ["good", t("phones.later", { from: moment(from ?? 0) }), standsIn];
    const words =
      typeof until === "number" ? t("phones.away", { until: moment(until) }) : t("phones.awayOpen");
    return ["warn", words, standsIn];
  }
  if ((quiet ?? 0) > now) return ["warn", t("phones.quiet", { until: moment(quiet ?? 0) }), ""];
  return ["good", t("phones.here"), ""];
}

type Draft = Omit<Phone, "id" | "user_id"> & { key: number };
let keys = 0;

function PhonesWindow({ user, found, everybody, onClose }: Given & { onClose: () => void }) {
  const { t } = useTranslation();
  const pbxes = useQuery(routing).data?.pbxes ?? [];
  const [own, setOwn] = useState<Draft[]>(() =>
    found.extensions
      .filter((each) => each.user_id === user.id)
      .map(({ number, kind, pbx_id, device, is_confirmed_by_key, rings }) => ({
        key: (keys += 1),
        number,
        kind,
        pbx_id,
        device,
        is_confirmed_by_key,
        rings,
      })),
  );
  const [wrong, setWrong] = useState<string | null>(null);
  const { save, busy, why } = useSave(
    (extensions: object[]) => put(`/desk/extensions/${String(user.id)}`, { extensions }),
    { changes: ["phones"], said: t("said.saved"), done: onClose },
  );
  const change = (key: number, part: Partial<Draft>) => {
    setOwn((before) => before.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };
  const submit = () => {
    const double = doubleOf(own, user.id, found.extensions);
    const owner = double?.what === "taken" ? double.user_id : 0;
    const number = double === null ? "" : (own[double.index]?.number.trim() ?? "");
    const trouble =
      double === null
        ? null
        : double.what === "missing"
          ? t("phones.missing", { number: String(double.index + 1) })
          : double.what === "twice"
            ? t("phones.twice", { number })
            : t("phones.taken", {
                number,
                name: everybody.find((each) => each.id === owner)?.name ?? "",
              });
    setWrong(trouble);
    if (trouble !== null) return;
    save(
      own.map(({ number: text, kind, pbx_id, device, is_confirmed_by_key, rings }) => ({
        number: text.trim(),
        kind,
        pbx_id,
        device,
        is_confirmed_by_key: byKey(kind) && is_confirmed_by_key,
        rings,
      })),
    );
  };
  return (
    <Window title={t("phones.editTitle", { name: user.name })} onClose={onClose} size={760}>
      <Form label={t("phones.edit")} onSubmit={submit}>
        <Why text={wrong ?? why} />
        {own.length === 0 && <p className={css.hint}>{t("phones.none")}</p>}
        {own.map((each, index) => {
          const number = String(index + 1);
          return (
            <div key={each.key} className={css.phone}>
              <TextInput
                aria-label={t("phones.number", { number })}
                type="tel"
                value={each.number}
                onChange={(event) => {
                  change(each.key, { number: event.currentTarget.value });
                }}
              />
              <Select
                aria-label={t("phones.kind", { number })}
                data={KINDS.map((value) => ({ value, label: t(`phones.kinds.${value}`) }))}
                value={each.kind}
                onChange={(kind) => {
                  if (kind !== null) change(each.key, { kind: kind, is_confirmed_by_key: kind === "mobile" });
                }}
              />
              <Select
                aria-label={t("phones.pbx", { number })}
                data={[
                  { value: NONE, label: t("phones.anyPbx") },
                  ...pbxes.map((pbx) => ({ value: String(pbx.id), label: pbx.name })),
                ]}
                value={each.pbx_id === null ? NONE : String(each.pbx_id)}
                onChange={(id) => {
                  change(each.key, { pbx_id: id === null || id === NONE ? null : Number(id) });
                }}
              />
              <Switch
                aria-label={t("phones.rings", { number })}
                label={t("phones.ringsShort")}
                checked={each.rings}
                onChange={(event) => {
                  change(each.key, { rings: event.currentTarget.checked });
                }}
              />
              {byKey(each.kind) ? (
                <Switch
                  aria-label={t("phones.byKey", { number })}
                  label={t("phones.byKeyShort")}
                  checked={each.is_confirmed_by_key}
                  onChange={(event) => {
                    change(each.key, { is_confirmed_by_key: event.currentTarget.checked });
                  }}
                />
              ) : (
                <span />
              )}
              <ActionIcon
                variant="transparent"
                color="gray"
                size={34}
                aria-label={t("phones.removeOne", { number })}
                onClick={() => {
                  setOwn((before) => before.filter((one) => one.key !== each.key));
                }}
              >
                <X size={16} />
              </ActionIcon>
            </div>
          );
        })}
        {own.some((each) => byKey(each.kind)) && <p className={css.hint}>{t("phones.byKeyText")}</p>}
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<Plus size={14} />}
            onClick={() => {
              setOwn((before) => [
                ...before,
                {
                  key: (keys += 1),
                  number: "",
                  kind: "desk",
                  pbx_id: null,
                  device: "",
                  is_confirmed_by_key: false,
                  rings: true,
                },
              ]);
            }}
          >
            {t("phones.add")}
          </Button>
        </div>
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("act.save")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

/** A mobile's voicemail answers too. */
const byKey = (kind: PhoneKind): boolean => kind === "mobile" || kind === "fmc";

/** Unix seconds as the browser's own field of date and time has them, in its own time zone. */
function localOf(seconds: number | null | undefined): string {
  if (typeof seconds !== "number") return "";
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const secondsOf = (local: string): number | null =>
  local === "" ? null : Math.floor(new Date(local).getTime() / 1000);

function AbsenceWindow({ user, found, everybody, onClose }: Given & { onClose: () => void }) {
  const { t } = useTranslation();
  const now = found.absences.find((each) => each.user_id === user.id);
  const [quiet, setQuiet] = useState(localOf(now?.quiet_until));
  const [from, setFrom] = useState(localOf(now?.away_from));
  const [until, setUntil] = useState(localOf(now?.away_until));
  const [deputy, setDeputy] = useState(now?.deputy_id ?? null);
  const [wrong, setWrong] = useState<string | null>(null);
  const { save, busy, why } = useSave((given: object) => put(`/desk/absence/${String(user.id)}`, given), {
    changes: ["phones"],
    said: t("said.saved"),
    done: onClose,
  });
  const submit = () => {
    const [begins, ends] = [secondsOf(from), secondsOf(until)];
    const trouble = begins !== null && ends !== null && ends <= begins ? t("phones.ends") : null;
    setWrong(trouble);
    if (trouble === null)
      save({ quiet_until: secondsOf(quiet), away_from: begins, away_until: ends, deputy_id: deputy });
  };
  const time = (label: string, value: string, set: (value: string) => void) => (
    <TextInput
      label={label}
      type="datetime-local"
      value={value}
      onChange={(event) => {
        set(event.currentTarget.value);
      }}
    />
  );
  return (
    <Window
      title={t("phones.absenceTitle", { name: user.name })}
      text={t("phones.absenceText")}
      onClose={onClose}
      size={520}
    >
      <Form label={t("phones.absence")} onSubmit={submit}>
        <Why text={wrong ?? why} />
        {time(t("phones.quietUntil"), quiet, setQuiet)}
        <Pair>
          {time(t("phones.awayFrom"), from, setFrom)}
          {time(t("phones.awayUntil"), until, setUntil)}
        </Pair>
        <Select
          label={t("phones.deputyField")}
          data={[
            { value: NONE, label: t("phones.nobody") },
            ...everybody
              .filter((each) => each.is_active && each.id !== user.id)
              .map((each) => ({ value: String(each.id), label: each.name })),
          ]}
          value={deputy === null ? NONE : String(deputy)}
          onChange={(id) => {
            setDeputy(id === null || id === NONE ? null : Number(id));
          }}
        />
        <Deeds>
          {now !== undefined && (
            <Button
              variant="default"
              onClick={() => {
                save({});
              }}
            >
              {t("phones.clear")}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("act.save")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}
