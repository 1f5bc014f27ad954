// What a card belongs to and what belongs to it: found and bound, let go, or made anew and bound at once.
import { ActionIcon } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Link2, Phone, Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CardKind } from "../api/calls";
import { type BoundCard, cardKey, choices, pipelines } from "../api/cards";
import { post } from "../api/client";
import { cardPath } from "../app/CardLink";
import { dial } from "../app/dial";
import { PickCard } from "../app/PickCard";
import { useTimes } from "../app/times";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";
import css from "./CardPage.module.css";
import { useCard } from "./CardContext";
import { NewCard } from "./NewCard";

const ORDER: Record<CardKind, CardKind[]> = {
  contacts: ["companies", "leads", "customers"],
  companies: ["contacts", "leads", "customers"],
  leads: ["contacts", "companies"],
  customers: ["contacts", "companies"],
};

export function Bound() {
  const { kind, whole } = useCard();
  const mode = useQuery(choices).data?.customers;
  const isOff = mode === "unavailable" || mode === "disabled";
  return ORDER[kind]
    .filter((other) => other !== "customers" || !isOff || (whole.bound.customers?.count ?? 0) > 0)
    .map((other) => <OfKind key={other} other={other} />);
}

function OfKind({ other }: { other: CardKind }) {
  const { t } = useTranslation();
  const { kind, id, whole } = useCard();
  const client = useQueryClient();
  const mayAdd = useQuery(choices).data?.may_add.includes(other) ?? false;
  const [open, setOpen] = useState<"pick" | "new" | null>(null);
  const { cards = [], count = 0 } = whole.bound[other] ?? {};
  const renew = () => {
    void client.invalidateQueries({ queryKey: cardKey(kind, id) });
    void client.invalidateQueries({ queryKey: ["timeline", kind, String(id)] });
  };
  const bind = useSave(
    (to: number) => post(`/api/v4/${kind}/${String(id)}/link`, [{ to_entity_id: to, to_entity_type: other }]),
    {
      done: () => {
        setOpen(null);
        renew();
      },
    },
  );
  const free = useSave(
    (to: number) =>
      post(`/api/v4/${kind}/${String(id)}/unlink`, [{ to_entity_id: to, to_entity_type: other }]),
    { loud: true, said: t("card.letGo"), done: renew },
  );
  const title = t(`card.bound.${other}`);
  return (
    <section className={css.bound} aria-label={title}>
      <header className={css.boundHead}>
        <h2>
          {title} {count > 0 && <span className={css.count}>{count}</span>}
        </h2>
        {whole.may.edit && (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={26}
              aria-label={t("card.bindTo", { what: title })}
              title={t("card.bindTo", { what: title })}
              onClick={() => {
                bind.clear();
                setOpen("pick");
              }}
            >
              <Link2 size={15} />
            </ActionIcon>
            {mayAdd && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={26}
                aria-label={t(`create.${other}`)}
                title={t(`create.${other}`)}
                onClick={() => {
                  setOpen("new");
                }}
              >
                <Plus size={16} />
              </ActionIcon>
            )}
          </>
        )}
      </header>
      <ul className={css.boundList}>
        {cards.map((card) => (
          <li key={card.id} className={css.boundOne}>
            <One card={card} kind={other} />
            {whole.may.edit && (
              <button
                type="button"
                className={css.free}
                disabled={free.busy}
                aria-label={t("card.freeFrom", { what: card.name })}
                title={t("card.free")}
                onClick={() => {
                  free.save(card.id);
                }}
              >
                <X size={13} aria-hidden="true" />
              </button>
            )}
          </li>
        ))}
        {count > cards.length && (
          <li className={css.dim}>{t("card.moreBound", { count: count - cards.length })}</li>
        )}
      </ul>
      {open === "pick" && (
        <PickCard
          title={t("card.bindTo", { what: title })}
          likely={[]}
          kinds={[other]}
          busy={bind.busy}
          trouble={<Why text={bind.why} />}
          onPick={(picked) => {
            bind.save(picked.id);
          }}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
      {open === "new" && (
        <NewCard
          kind={other}
          boundTo={{ entity: kind, id, name: whole.card.name }}
          onMade={() => {
            setOpen(null);
            renew();
          }}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </section>
  );
}

function One({ card, kind }: { card: BoundCard; kind: CardKind }) {
  const { t } = useTranslation();
  const { money } = useTimes();
  const stages = useQuery({ ...pipelines, enabled: kind === "leads" }).data;
  const stage = stages
    ?.find((each) => each.id === card.pipeline_id)
    ?._embedded.statuses.find((each) => each.id === card.status_id);
  const about = [stage?.name, card.price ? money(card.price) : undefined, card.phone].filter(
    (text) => text !== undefined && text !== null,
  );
  return (
    <>
      <div className={css.boundWords}>
        <Link to={cardPath({ entity: kind, id: card.id })} className={css.boundName}>
          {card.name === "" ? t("card.unnamed") : card.name}
        </Link>
        {kind === "contacts" && card.is_main && <span className={css.main}>{t("card.main")}</span>}
        {about.length > 0 && <div className={css.dim}>{about.join(" · ")}</div>}
      </div>
      {card.phone !== null && (
        <button
          type="button"
          className={css.call}
          aria-label={t("card.callTo", { what: card.name || card.phone })}
          title={t("card.callTo", { what: card.phone })}
          onClick={() => {
            dial(card.phone ?? "");
          }}
        >
          <Phone size={14} aria-hidden="true" />
        </button>
      )}
    </>
  );
}
