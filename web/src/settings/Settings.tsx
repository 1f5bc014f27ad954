// Settings: the list of its pages on the left, the page beside it.
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useHere } from "../app/useHere";
import { Empty, Page } from "../ui/Page";
import css from "./Settings.module.css";

const PARTS = [
  { title: "groupYou", pages: ["me", "sessions"], admin: false },
  { title: "groupCompany", pages: ["company", "people", "groups", "roles", "audit"], admin: true },
  { title: "groupCards", pages: ["pipelines", "fields"], admin: true },
  { title: "groupCalls", pages: ["lines", "phones", "recordings"], admin: true },
  { title: "groupConnections", pages: ["integrations", "tokens", "webhooks"], admin: true },
] as const;

export function Settings() {
  const { t } = useTranslation();
  const here = useHere();
  const { pathname } = useLocation();
  const list = useRef<HTMLElement>(null);
  // On a phone the pages are a row that is wider than the screen.
  useEffect(() => {
    const open = list.current?.querySelector('[data-status="active"]');
    open?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [pathname]);
  const isAdmin = here.user.is_admin && here.scope === "whole";
  const closed =
    !isAdmin &&
    PARTS.some(
      (part) => part.admin && part.pages.some((page) => `${pathname}/`.startsWith(`/settings/${page}/`)),
    );
  return (
    <div className={css.settings}>
      <nav ref={list} className={css.list} aria-label={t("settings.title")}>
        <div className={css.title}>{t("settings.title")}</div>
        {PARTS.filter((part) => isAdmin || !part.admin).map((part) => (
          <div key={part.title} className={css.part}>
            <h2>{t(`settings.${part.title}`)}</h2>
            <ul>
              {part.pages.map((page) => (
                <li key={page}>
                  <Link to={`/settings/${page}`} className={css.link}>
                    {t(`settings.${page}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      {closed ? (
        <Page title={t("settings.title")}>
          <Empty
            icon={<Lock size={28} />}
            title={t("settings.onlyAdmin")}
            text={t("settings.onlyAdminText")}
          />
        </Page>
      ) : (
        <Outlet />
      )}
    </div>
  );
}
