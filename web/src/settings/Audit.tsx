// The audit list: what administrators have done, newest first.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { audit, type AuditRow, integrations, users } from "../api/desk";
import { Failed } from "../app/Shown";
import { useTimes } from "../app/times";
import { Empty, Page, Waiting } from "../ui/Page";
import { Table, Two } from "../ui/Table";
import { deedText, subjectText } from "./deeds";
import css from "./Settings.module.css";

export function Audit() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(audit);
  const rows = query.data?.pages.flatMap((page) => page.audit);
  return (
    <Page title={t("audit.title")} text={t("audit.text")}>
      {rows === undefined ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={t("doing.audit")} />
        )
      ) : rows.length === 0 ? (
        <Empty icon={<ScrollText size={30} />} title={t("audit.empty")} text={t("audit.emptyText")} />
      ) : (
        <div className={css.stack}>
          <Table
            label={t("audit.title")}
            head={[{ text: t("audit.when"), width: 170 }, t("audit.who"), t("audit.deed"), t("audit.where")]}
          >
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </Table>
          {query.hasNextPage && (
            <div>
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("act.showMore")}
              </Button>
            </div>
          )}
        </div>
      )}
    </Page>
  );
}

function Row({ row }: { row: AuditRow }) {
  const { t, i18n } = useTranslation();
  const { moment } = useTimes();
  const people = useQuery(users).data;
  const programs = useQuery(integrations).data;
  const nameOf = (kind: "user" | "integration", id: string) =>
    (kind === "user" ? people : programs)?.find((each) => String(each.id) === id)?.name;
  const name =
    row.user_id === 0
      ? t("audit.command")
      : (nameOf("user", String(row.user_id)) ?? t("audit.unknownUser", { id: row.user_id }));
  return (
    <tr>
      <td className={css.when}>{moment(row.at)}</td>
      <td>{name}</td>
      <td>
        <Two first={deedText(row.deed, i18n.language)} second={subjectText(row, nameOf)} />
      </td>
      <td className={css.dim}>{row.address}</td>
    </tr>
  );
}
