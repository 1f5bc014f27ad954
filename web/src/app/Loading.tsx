// A screen that is still on its way.
import { useTranslation } from "react-i18next";
import { Waiting } from "../ui/Page";

export function Loading() {
  const { t } = useTranslation();
  return <Waiting text={t("doing.loading")} />;
}
