// One contact, to be read: its fields, tags, owner and times.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, UserRoundX } from "lucide-react";
import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { contact, type Contact } from "../api/desk";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { Empty, Page } from "../ui/Page";
import css from "./ContactPage.module.css";
import { textsOf } from "./firstOf";
import { useOwners } from "./useOwners";

export function ContactPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/desk/contacts/$id" });
  const query = useQuery(contact(id));
  const back = (
    <Button component={Link} to="/contacts" variant="default" leftSection={<ArrowLeft size={15} />}>
      {t("contacts.toList")}
    </Button>
  );
  const name = query.data?.name;
  const title = query.data ? (name === "" ? t("contacts.unnamed") : (name ?? "")) : t("contacts.title");
  return (
    <Page title={title} actions={back}>
      <Shown query={query} waiting={t("doing.contact")}>
        {(found) =>
          found === null ? (
            <Empty icon={<UserRoundX size={30} />} title={t("contacts.gone")} text={t("contacts.goneText")} />
          ) : (
            <Details contact={found} />
          )
        }
      </Shown>
    </Page>
  );
}

function Details({ contact: shown }: { contact: Contact }) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const owner = useOwners()(shown.responsible_user_id);
  const fields = shown.custom_fields_values ?? [];
  return (
    <>
      {fields.length === 0 && <p className={css.none}>{t("contacts.noFields")}</p>}
      <dl className={css.fields} aria-label={t("contacts.fields")}>
        {fields.map((field) => (
          <Field key={field.field_id} name={field.field_name}>
            {textsOf(field).map((text) => (
              <div key={text}>
                {field.field_code === "PHONE" ? <span className={css.number}>{text}</span> : text}
              </div>
            ))}
          </Field>
        ))}
        {shown._embedded.tags.length > 0 && (
          <Field name={t("contacts.tags")}>{shown._embedded.tags.map((tag) => tag.name).join(", ")}</Field>
        )}
        <Field name={t("contacts.owner")}>{owner === "" ? "\u00a0" : owner}</Field>
        <Field name={t("contacts.created")}>{moment(shown.created_at)}</Field>
        <Field name={t("contacts.updated")}>{moment(shown.updated_at)}</Field>
      </dl>
    </>
  );
}

function Field({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
