// A small window that makes a contact, a company, a lead or a customer; whoever has the number already is shown while it is
// being typed.
import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CardKind, CardOf } from "../api/calls";
import { choices, pipelines } from "../api/cards";
import { get, post } from "../api/client";
import { cardPath } from "../app/CardLink";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { useSave } from "../app/useSave";
import { momentOf } from "../tasks/due";
import { Form, Pair, Why } from "../ui/Form";
import { Deeds, Window } from "../ui/Window";
import css from "./CardPage.module.css";
import { isNumber, plainNumber } from "./fields/values";

const KINDS = ["contacts", "companies", "leads", "customers"] as const;
const FEWEST = 5; // digits of a number that is looked for

interface NewCardProps {
  kind: CardKind;
  /** Other kinds may be chosen. */
  free?: boolean;
  phone?: string;
  boundTo?: CardOf;
  onMade: (card: CardOf) => void;
  onClose: () => void;
}

interface Made {
  _embedded: Partial<Record<CardKind, { id: number }[]>>;
}

interface Found {
  found: (CardOf & { phone: string | null; email: string | null })[];
}

export function NewCard({
  kind: first,
  free = false,
  phone: number = "",
  boundTo,
  onMade,
  onClose,
}: NewCardProps) {
  const { t } = useTranslation();
  const here = useHere();
  const people = usePeople();
  const known = useQuery(choices).data;
  const stages = useQuery(pipelines).data;
  const may = KINDS.filter((each) => known?.may_add.includes(each) ?? true).filter(
    (each) => each !== "customers" || !["unavailable", "disabled"].includes(known?.customers ?? ""),
  );
  const [kind, setKind] = useState<CardKind>(first);
  const [name, setName] = useState("");
  const [phone, setPhone] = useState(number);
  const [email, setEmail] = useState("");
  const [price, setPrice] = useState("");
  const [date, setDate] = useState("");
  const [pipeline, setPipeline] = useState<string | null>(null);
  const [owner, setOwner] = useState(String(here.user.id));
  const [wrong, setWrong] = useState<{ name?: string; price?: string; date?: string }>({});
  const isPerson = kind === "contacts" || kind === "companies";
  const byPeriods = known?.customers === "periodicity";
  const open = stages?.filter((each) => !each.is_archive) ?? [];

  const make = useSave(
    async () => {
      const values = [
        ...(phone.trim() === "" ? [] : [{ field_code: "PHONE", values: [{ value: phone.trim() }] }]),
        ...(email.trim() === "" ? [] : [{ field_code: "EMAIL", values: [{ value: email.trim() }] }]),
      ];
      // A lead is bound as it is made; the others are bound a moment after.
      const atOnce = kind === "leads" && boundTo !== undefined;
      const sum = Math.round(Number(plainNumber(price.trim() || "0")));
      const card = {
        name: name.trim(),
        responsible_user_id: Number(owner),
        ...(isPerson && values.length > 0 ? { custom_fields_values: values } : {}),
        ...(kind === "leads"
          ? { price: sum, ...(pipeline === null ? {} : { pipeline_id: Number(pipeline) }) }
          : {}),
        ...(kind === "customers"
          ? {
              next_price: sum,
              ...(date === "" ? {} : { next_date: momentOf(`${date}T00:00`, here.account.time_zone) }),
            }
          : {}),
        ...(atOnce ? { _embedded: { [boundTo.entity]: [{ id: boundTo.id }] } } : {}),
      };
      const made = await post<Made>(`/api/v4/${kind}`, [card]);
      const id = made._embedded[kind]?.[0]?.id ?? 0;
      if (boundTo !== undefined && !atOnce) {
        await post(`/api/v4/${boundTo.entity}/${String(boundTo.id)}/link`, [
          { to_entity_id: id, to_entity_type: kind },
        ]);
      }
      return { entity: kind, id, name: name.trim() };
    },
    { changes: [kind, "counts"], said: t("create.made"), done: onMade },
  );

  const digits = phone.replace(/\D/g, "");
  const asked = useDeferredValue(digits);
  const same = useQuery({
    queryKey: ["search", asked],
    queryFn: () => get<Found>(`/desk/search?query=${encodeURIComponent(asked)}`),
    enabled: isPerson && asked.length >= FEWEST,
    placeholderData: (before) => before,
  });
  const there =
    digits.length >= FEWEST && isPerson ? (same.data?.found ?? []).filter((each) => each.phone) : [];

  const submit = () => {
    const flaws = {
      ...(name.trim() === "" && kind !== "leads" && (kind === "customers" || digits === "")
        ? { name: t("create.needName") }
        : {}),
      ...(!isPerson && !isNumber(price) ? { price: t("card.noNumber") } : {}),
      ...(kind === "customers" && byPeriods && date === "" ? { date: t("create.needDate") } : {}),
    };
    setWrong(flaws);
    if (Object.keys(flaws).length === 0 && !make.busy) make.save(undefined);
  };

  return (
    <Window
      title={t(`create.${kind}`)}
      text={boundTo ? t("create.boundTo", { what: boundTo.name || t("card.unnamed") }) : undefined}
      onClose={onClose}
    >
      <Form label={t(`create.${kind}`)} onSubmit={submit}>
        {free && (
          <SegmentedControl
            aria-label={t("create.what")}
            value={kind}
            onChange={(value) => {
              setKind(KINDS.find((each) => each === value) ?? kind);
              setWrong({});
            }}
            data={may.map((each) => ({ value: each, label: t(`create.short.${each}`) }))}
          />
        )}
        <Why text={make.why} />
        <TextInput
          data-autofocus
          key={kind}
          label={kind === "contacts" ? t("field.name") : t("field.title")}
          autoComplete="off"
          maxLength={1000}
          placeholder={kind === "leads" ? t("create.leadHint") : undefined}
          value={name}
          error={wrong.name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        {isPerson && (
          <>
            <Pair>
              <TextInput
                label={t("field.phone")}
                inputMode="tel"
                autoComplete="off"
                value={phone}
                onChange={(event) => {
                  setPhone(event.currentTarget.value);
                }}
              />
              <TextInput
                label={t("field.email")}
                inputMode="email"
                autoComplete="off"
                value={email}
                onChange={(event) => {
                  setEmail(event.currentTarget.value);
                }}
              />
            </Pair>
            {there.length > 0 && (
              <div className={css.same} role="status">
                <p>{t("create.same")}</p>
                <ul>
                  {there.slice(0, 5).map((each) => (
                    <li key={`${each.entity}${String(each.id)}`}>
                      <Link to={cardPath(each)} onClick={onClose}>
                        {each.name === "" ? t("card.unnamed") : each.name}
                      </Link>
                      <span className={css.dim}>{each.phone}</span>
                    </li>
                  ))}
                </ul>
              </div>
            )}
          </>
        )}
        {!isPerson && (
          <Pair>
            <TextInput
              label={kind === "leads" ? t("card.price") : t("card.nextPrice")}
              inputMode="decimal"
              autoComplete="off"
              value={price}
              error={wrong.price}
              onChange={(event) => {
                setPrice(event.currentTarget.value);
              }}
            />
            {kind === "customers" ? (
              <TextInput
                type="date"
                label={t("card.nextDate")}
                value={date}
                error={wrong.date}
                onChange={(event) => {
                  setDate(event.currentTarget.value);
                }}
              />
            ) : (
              open.length > 1 && (
                <Select
                  label={t("create.pipeline")}
                  data={open.map((each) => ({ value: String(each.id), label: each.name }))}
                  value={pipeline ?? String(open[0]?.id ?? "")}
                  onChange={setPipeline}
                />
              )
            )}
          </Pair>
        )}
        <Select
          label={t("card.owner")}
          searchable
          nothingFoundMessage={t("field.nothingFound")}
          data={people.choices}
          value={owner}
          onChange={(value) => {
            if (value !== null) setOwner(value);
          }}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={make.busy}>
            {t("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}
