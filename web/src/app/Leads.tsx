// Leads as a board or as a list: two screens and what leads from one to the other.
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Filter, without } from "../api/table";
import { CardTable } from "../cards/CardTable";

export const LeadsTable = () => <CardTable kind="leads" actions={<Views shown="list" />} />;
export const LeadsBoard = () => <CardTable kind="leads" actions={<Views shown="board" />} />;

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
