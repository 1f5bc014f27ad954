// Which of one's companies to work in now.
import { Button, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { type Here, me } from "../api/desk";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";
import { Initials } from "../ui/Initials";
import { State } from "../ui/State";
import { Door } from "../app/Door";
import css from "../app/Door.module.css";
import { useEnter } from "./useEnter";

export function Choose() {
  const { t } = useTranslation();
  const { to } = useSearch({ from: "/choose" });
  const { data: here } = useQuery(me);
  const enter = useEnter();
  const { save, busy, why } = useSave((id: number) => post<Here>("/desk/account", { id }), {
    done: (next) => void enter(next, to),
  });
  const out = useSave(() => post("/desk/sign-out"), {
    done: () => {
      location.assign("/sign-in");
    },
  });
  if (!here) return null;
  const email = here.person.email;
  const none = here.accounts.length === 0;
  return (
    <Door
      title={none ? t("choose.none") : t("choose.title")}
      text={none ? t("choose.noneText", { email }) : t("choose.text", { email })}
    >
      <div className={css.choices}>
        <Why text={why} />
        {here.accounts.map((each) => (
          <UnstyledButton
            key={each.id}
            className={css.choice}
            disabled={busy}
            onClick={() => {
              save(each.id);
            }}
          >
            <Initials name={each.name} square size={34} />
            <span className={css.choiceName}>{each.name}</span>
            {each.is_demo && <State tone="quiet">{t("choose.demo")}</State>}
            <ChevronRight size={17} className={css.choiceMore} aria-hidden="true" />
          </UnstyledButton>
        ))}
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            out.save(undefined);
          }}
        >
          {t("nav.signOut")}
        </Button>
      </div>
    </Door>
  );
}
