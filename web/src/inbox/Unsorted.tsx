// The unsorted: everything that came in and has no card yet, the longest waiting first.
import { useQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { useTranslation } from "react-i18next";
import { unsorted } from "../api/inbox";
import { Shown } from "../app/Shown";
import { Empty, Page } from "../ui/Page";
import css from "./Unsorted.module.css";
import { UnsortedList } from "./UnsortedList";

export function Unsorted() {
  const { t } = useTranslation();
  const query = useQuery(unsorted);
  return (
    <Page title={t("unsorted.title")} text={t("unsorted.text")}>
      <Shown query={query} waiting={t("unsorted.loading")}>
        {(told) =>
          told.groups.length === 0 ? (
            <Empty icon={<Inbox size={30} />} title={t("unsorted.empty")} text={t("unsorted.emptyText")} />
          ) : (
            <>
              <UnsortedList groups={told.groups} />
              {told.more && <p className={css.more}>{t("unsorted.more")}</p>}
            </>
          )
        }
      </Shown>
    </Page>
  );
}
