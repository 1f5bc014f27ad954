// The company and the person as the rail shows them; their menus come when the first screen stands (Menus.tsx).
import { UnstyledButton } from "@mantine/core";
import { ChevronsUpDown } from "lucide-react";
import type { ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import { Initials } from "../ui/Initials";
import css from "./Shell.module.css";
import type { AtDesk } from "./useHere";

type Face = ComponentProps<"button"> & { here: AtDesk };

export function CompanyFace({ here, ...button }: Face) {
  const { t } = useTranslation();
  const words = (
    <>
      <Initials name={here.account.name} square size={30} />
      <span className={css.who}>
        <span className={css.company}>{here.account.name}</span>
        {here.account.is_demo && <span className={css.small}>{t("choose.demo")}</span>}
      </span>
    </>
  );
  if (here.accounts.length < 2) return <div className={css.top}>{words}</div>;
  return (
    <UnstyledButton {...button} className={css.top} title={t("nav.switchCompany")}>
      {words}
      <ChevronsUpDown size={15} className={css.chevrons} aria-hidden="true" />
    </UnstyledButton>
  );
}

export function PersonFace({ here, ...button }: Face) {
  return (
    <UnstyledButton {...button} className={css.bottom} title={here.user.name}>
      <Initials name={here.user.name} size={28} />
      <span className={css.who}>
        <span className={css.person}>{here.user.name}</span>
        <span className={css.small}>{here.person.email}</span>
      </span>
    </UnstyledButton>
  );
}
