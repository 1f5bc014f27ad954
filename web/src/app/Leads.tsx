// Leads as a board or as a list: two screens, what leads from one to the other, and what the board has from elsewhere.
import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { unsorted } from "../api/inbox";
import { about, type Filter, without } from "../api/table";
import { CardTable } from "../cards/CardTable";
import { Filters } from "../cards/TableFilters";
import { UnsortedList } from "../inbox/UnsortedList";
import { Board } from "../leads/Board";
import css from "./Leads.module.css";

export const LeadsTable = () => <CardTable kind="leads" actions={<Views shown="list" />} />;

export function LeadsBoard() {
  const navigate = useNavigate();
  const filter: Filter = useSearch({ strict: false });
  const seen = useQuery(about("leads")).data;
  const set = (next: Filter) => {
    void navigate({ to: "/leads", search: without(next, "order", "status"), replace: true });
  };
  return (
    <Board
      filter={filter}
      onFilter={set}
      filters={() => <Filters kind="leads" filter={filter} about={seen} onChange={set} board />}
      unsorted={<UnsortedColumn />}
      actions={<Views shown="board" />}
    />
  );
}

function UnsortedColumn() {
  const { t } = useTranslation();
  const { data } = useQuery(unsorted);
  const groups = data?.groups ?? [];
  return (
    <section className={css.column} aria-label={t("board.unsorted")}>
      <header className={css.head}>
        <h2>
          <Link to="/unsorted">{t("board.unsorted")}</Link>
        </h2>
        <p>
          {data &&
            (groups.length === 0
              ? t("board.unsortedNone")
              : t("board.unsortedText", { count: groups.length }))}
        </p>
      </header>
      <div className={css.list} tabIndex={groups.length > 0 ? 0 : -1}>
        {groups.length > 0 && <UnsortedList groups={groups} compact />}
      </div>
    </section>
  );
}

function Views({ shown }: { shown: "board" | "list" }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const filter: Filter = useSearch({ strict: false });
  return (
    <SegmentedControl
      size="xs"
      value={shown}
      aria-label={t("board.title")}
      data={[
        { value: "board", label: t("board.board") },
        { value: "list", label: t("board.list") },
      ]}
      onChange={(value) => {
        void navigate({
          to: value === "list" ? "/leads/list" : "/leads",
          search: without(filter, "order", "status"),
        });
      }}
    />
  );
}
