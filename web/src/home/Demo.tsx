// What a demo company says of itself, and the way to be rid of it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { remove } from "../api/client";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";
import { Question } from "../ui/Window";
import css from "./Home.module.css";

export function Demo() {
  const { t } = useTranslation();
  const here = useHere();
  const [asking, ask] = useState(false);
  const { save, busy, why } = useSave(() => remove<{ link: string | null }>("/desk/demo"), {
    done: ({ link }) => {
      tell(t("home.demoGone"));
      location.assign(link ?? "/");
    },
  });
  return (
    <div className={css.demo}>
      <div>
        <b>{t("home.demo")}</b>
        <p>{t("home.demoText")}</p>
      </div>
      {here.user.is_admin && (
        <Button
          variant="default"
          onClick={() => {
            ask(true);
          }}
        >
          {t("home.demoRemove")}
        </Button>
      )}
      {asking && (
        <Question
          title={t("home.demoAsk")}
          text={t("home.demoAskText")}
          yes={t("home.demoRemove")}
          busy={busy}
          trouble={<Why text={why} />}
          onYes={() => {
            save(undefined);
          }}
          onClose={() => {
            ask(false);
          }}
        />
      )}
    </div>
  );
}
