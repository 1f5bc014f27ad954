// The company: its name, country, language, time zone and currency.
import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch } from "../api/client";
import { company, type Company, me } from "../api/desk";
import { PlaceFields } from "../app/PlaceFields";
import { Shown } from "../app/Shown";
import { useSave } from "../app/useSave";
import { Form, Why } from "../ui/Form";
import { Page } from "../ui/Page";
import css from "./Settings.module.css";

export function CompanyPage() {
  const { t } = useTranslation();
  const query = useQuery(company);
  return (
    <Page title={t("company.title")} text={t("company.text")}>
      <Shown query={query} waiting={t("doing.company")}>
        {(found) => <CompanyForm company={found} />}
      </Shown>
    </Page>
  );
}

function CompanyForm({ company: before }: { company: Company }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [draft, setDraft] = useState(before);
  const { save, busy, why } = useSave(
    () => {
      const { name, country, currency, time_zone, language } = draft;
      return patch<Company>("/desk/company", { name: name.trim(), country, currency, time_zone, language });
    },
    {
      said: t("said.saved"),
      done: (next) => {
        client.setQueryData(company.queryKey, next);
        void client.invalidateQueries({ queryKey: me.queryKey });
      },
    },
  );
  const isSame = JSON.stringify(draft) === JSON.stringify(before);
  return (
    <div className={css.narrow}>
      <Form
        label={t("company.title")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          label={t("field.title")}
          required
          withAsterisk={false}
          value={draft.name}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setDraft((was) => ({ ...was, name: value }));
          }}
        />
        <TextInput
          label={t("company.address")}
          description={t("company.addressHint")}
          value={draft.subdomain}
          readOnly
        />
        <PlaceFields
          place={draft}
          onChange={(change) => {
            setDraft((was) => ({ ...was, ...change }));
          }}
        />
        <p className={css.fieldHint}>{t("field.countryHint")}</p>
        <div>
          <Button type="submit" loading={busy} disabled={isSame}>
            {t("act.save")}
          </Button>
        </div>
      </Form>
    </div>
  );
}
