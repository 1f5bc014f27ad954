// What stands over every screen, signed in or not: short news, and the word that the server does not answer.
import { Outlet } from "@tanstack/react-router";
import { WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useIsDown } from "./connection";
import css from "./Frame.module.css";
import { Told } from "./told";

export function Frame() {
  const { t } = useTranslation();
  const down = useIsDown();
  return (
    <>
      <Outlet />
      <Told />
      <div role="status" aria-live="polite">
        {down && (
          <div className={css.offline}>
            <WifiOff size={16} aria-hidden="true" />
            {t("trouble.offlineNotice")}
          </div>
        )}
      </div>
    </>
  );
}
