// The page of a contact, a company, a lead or a customer: what it is on the left, what is to be done and what has happened on
// the right. One layout for all four.
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Building2, Repeat, Target, UserRound, UserRoundX } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { CardKind } from "../api/calls";
import { type Card, whole } from "../api/cards";
import { Shown } from "../app/Shown";
import { Initials } from "../ui/Initials";
import { Empty } from "../ui/Page";
import { Bound } from "./Bound";
import { CardContext, useCard, useChange } from "./CardContext";
import css from "./CardPage.module.css";
import { Composer } from "./Composer";
import { Fields } from "./fields/Fields";
import { InPlace } from "./fields/InPlace";
import { OpenTasks } from "./OpenTasks";
import { Tags } from "./Tags";
import { Timeline } from "./Timeline";

const ICONS = { contacts: UserRound, companies: Building2, leads: Target, customers: Repeat };

export const ContactPage = () => <CardPage kind="contacts" />;
export const CompanyPage = () => <CardPage kind="companies" />;
export const LeadPage = () => <CardPage kind="leads" />;
export const CustomerPage = () => <CardPage kind="customers" />;

function CardPage({ kind }: { kind: CardKind }) {
  const { t } = useTranslation();
  const { id = "" } = useParams({ strict: false });
  const query = useQuery(whole(kind, id));
  return (
    <Shown query={query} waiting={t("card.loading")}>
      {(found) =>
        found === null ? (
          <div className={css.gone}>
            <Empty
              icon={<UserRoundX size={30} />}
              title={t("card.gone")}
              text={t("card.goneText")}
              action={
                <Button
                  component={Link}
                  to={listOf(kind)}
                  variant="default"
                  leftSection={<ArrowLeft size={15} />}
                >
                  {t(`card.list.${kind}`)}
                </Button>
              }
            />
          </div>
        ) : (
          <CardContext
            value={{ kind, id: found.card.id, whole: found }}
            key={`${kind}${String(found.card.id)}`}
          >
            <Opened card={found.card} />
          </CardContext>
        )
      }
    </Shown>
  );
}

/** The list of a kind. */
const listOf = (kind: CardKind): "/" => `/${kind}` as "/";

function Opened({ card }: { card: Card }) {
  const { t } = useTranslation();
  const { kind } = useCard();
  const Icon = ICONS[kind];
  const name = card.name === "" ? t("card.unnamed") : card.name;
  useEffect(() => {
    document.title = `${name} · trubka`;
  }, [name]);
  return (
    <div className={css.page}>
      <header className={css.header}>
        <Link to={listOf(kind)} className={css.back}>
          <Icon size={14} aria-hidden="true" />
          {t(`card.list.${kind}`)}
        </Link>
        <div className={css.title}>
          {kind === "contacts" || kind === "companies" ? (
            <Initials name={name} size={34} square={kind === "companies"} />
          ) : null}
          <Name card={card} />
        </div>
        <Tags />
      </header>
      <aside className={css.left} aria-label={t("card.about")}>
        <Fields />
        <Bound />
      </aside>
      <div className={css.right}>
        <Composer />
        <OpenTasks />
        <Timeline />
      </div>
    </div>
  );
}

function Name({ card }: { card: Card }) {
  const { t } = useTranslation();
  const { whole: open } = useCard();
  const { change, renew } = useChange();
  const shown = (name: string) => <h1 className={css.name}>{name === "" ? t("card.unnamed") : name}</h1>;
  return (
    <div className={css.nameField}>
      <InPlace<string>
        label={t("field.name")}
        shown={shown(card.name)}
        told={(draft) => shown(draft.trim())}
        begin={open.may.edit ? () => card.name : null}
        seen={() => ({ name: card.name })}
        check={(draft) => (draft.trim() === "" ? t("card.needName") : null)}
        save={(draft, seen) => change({ name: draft.trim() }, seen)}
        renew={renew}
      >
        {({ draft, set }) => (
          <TextInput
            autoFocus
            className={css.nameInput}
            aria-label={t("field.name")}
            autoComplete="off"
            maxLength={1000}
            value={draft}
            onChange={(event) => {
              set(event.currentTarget.value);
            }}
          />
        )}
      </InPlace>
    </div>
  );
}
