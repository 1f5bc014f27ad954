// The page that an integration sends people to (/oauth): who asks, for what, and where one goes afterwards.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isRefusal, post } from "../api/client";
import { consent, type ConsentAsked } from "../api/desk";
import { Failed } from "../app/Shown";
import { useSave } from "../app/useSave";
import { Door } from "../app/Door";
import { Note, Why } from "../ui/Form";
import { Waiting } from "../ui/Page";
import css from "./Consent.module.css";
import { leave } from "./leave";

export function Consent() {
  const { t } = useTranslation();
  const { client_id: clientId } = useSearch({ from: "/oauth" });
  const query = useQuery(consent(clientId));
  if (query.data) return <Asking asked={query.data} />;
  if (isRefusal(query.error) && (query.error.status === 404 || query.error.status === 400)) {
    return <Door title={t("consent.broken")} text={t("consent.brokenText")} />;
  }
  return (
    <Door title={t("brand")}>
      {query.isError ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Waiting text={t("doing.consent")} tall={false} />
      )}
    </Door>
  );
}

function Asking({ asked }: { asked: ConsentAsked }) {
  const { t } = useTranslation();
  const { client_id, state, mode } = useSearch({ from: "/oauth" });
  const [leaving, setLeaving] = useState(false);
  const { save, busy, why } = useSave(
    (allow: boolean) =>
      post<{ redirect: string }>("/desk/oauth/decision", {
        client_id,
        allow,
        ...(state === undefined ? {} : { state }),
        ...(mode === undefined ? {} : { mode }),
      }),
    {
      done: ({ redirect }) => {
        setLeaving(true);
        leave(redirect, mode);
      },
    },
  );
  const scopes = asked.scopes.map((scope) =>
    scope === "crm" || scope === "notifications" || scope === "files"
      ? t(`consent.${scope}`)
      : t("consent.other", { scope }),
  );
  const host = hostOf(asked.redirect_uri);
  return (
    <Door
      title={t("consent.title", { name: asked.name })}
      text={
        leaving
          ? t("consent.leaving", { name: asked.name })
          : t("consent.text", { company: asked.account.name })
      }
    >
      <div className={css.asking}>
        <h2 className={css.may}>{t("consent.may")}</h2>
        <ul className={css.scopes}>
          {scopes.map((scope) => (
            <li key={scope}>
              <Check size={16} aria-hidden="true" />
              {scope}
            </li>
          ))}
        </ul>
        <Note>{asked.by_admin ? t("consent.asAdmin") : t("consent.asYou")}</Note>
        {host !== "" && (
          <p className={css.goes}>
            {t("consent.goesTo")} <b>{host}</b>
          </p>
        )}
        <Why text={why} />
        <div className={css.deeds}>
          <Button
            size="md"
            variant="default"
            disabled={busy || leaving}
            onClick={() => {
              save(false);
            }}
          >
            {t("consent.refuse")}
          </Button>
          <Button
            size="md"
            loading={busy || leaving}
            onClick={() => {
              save(true);
            }}
          >
            {t("consent.allow")}
          </Button>
        </div>
      </div>
    </Door>
  );
}

function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return "";
  }
}
