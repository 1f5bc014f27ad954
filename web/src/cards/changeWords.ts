// What a line of the log says in words: which thing was changed, what it was, what it is.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Change, choices, type Field, pipelines } from "../api/cards";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { type Reading, shownOf, written } from "./fields/values";

export interface Words {
  what: string;
  before: string;
  after: string;
}

const OF_A_FIELD = /^custom_field_(\d+)_value_changed$/;
const SIMPLE = [
  "lead_added",
  "contact_added",
  "company_added",
  "customer_added",
  "lead_deleted",
  "lead_restored",
  "contact_deleted",
  "contact_restored",
  "company_deleted",
  "company_restored",
  "customer_deleted",
  "entity_merged",
  "lead_status_changed",
  "customer_status_changed",
  "entity_responsible_changed",
  "name_field_changed",
  "sale_field_changed",
  "ltv_field_changed",
  "entity_tag_added",
  "entity_tag_deleted",
  "lead_linked",
  "lead_unlinked",
  "contact_linked",
  "contact_unlinked",
  "company_linked",
  "company_unlinked",
  "customer_linked",
  "customer_unlinked",
] as const;

export type Simple = (typeof SIMPLE)[number];

export const simpleOf = (type: string): Simple | undefined => SIMPLE.find((each) => each === type);

export const fieldOf = (type: string): number | null => {
  const found = OF_A_FIELD.exec(type);
  return found ? Number(found[1]) : null;
};

type Told = Record<string, Record<string, unknown>>;

export interface Names {
  user: (id: number) => string;
  stage: (pipeline: number, status: number) => string;
  customerStage: (status: number) => string;
  money: (value: number) => string;
}

/** One value of the log, by what stands in it. */
export function valueOf(told: Told | undefined, names: Names): string {
  const [key, value] = Object.entries(told ?? {})[0] ?? [];
  if (key === undefined || value === undefined) return "";
  switch (key) {
    case "responsible_user":
      return names.user(Number(value.id));
    case "lead_status":
      return names.stage(Number(value.pipeline_id), Number(value.id));
    case "customer_status":
      return names.customerStage(Number(value.id));
    case "sale_field_value":
      return names.money(Number(value.sale));
    case "ltv_field_value":
      return names.money(Number(value.ltv));
    case "name_field_value":
    case "tag":
      return written(value.name);
    default:
      return "";
  }
}

export function useChangeWords(change: Change, fields: Field[] | undefined): Words {
  const { t } = useTranslation();
  const times = useTimes();
  const { nameOf } = usePeople();
  const zone = useHere().account.time_zone;
  const stages = useQuery(pipelines).data;
  const statuses = useQuery(choices).data?.customer_statuses;
  const id = fieldOf(change.type);
  if (id !== null) {
    const field = fields?.find((each) => each.id === id);
    const reading: Reading = {
      timeZone: zone,
      yes: t("card.yes"),
      no: t("card.no"),
      date: times.day,
      moment: times.moment,
      number: times.number,
    };
    const read = (values: Told[]) =>
      values
        .map((each) => shownOf(field?.type ?? "text", each.custom_field_value?.text, reading))
        .filter((text) => text !== "")
        .join(", ");
    return {
      what: t("timeline.change.field", { what: field?.name ?? t("timeline.change.goneField") }),
      before: read(change.value_before),
      after: read(change.value_after) || t("timeline.change.emptied"),
    };
  }
  const known = simpleOf(change.type);
  const names: Names = {
    user: nameOf,
    stage: (pipeline, status) =>
      stages?.find((each) => each.id === pipeline)?._embedded.statuses.find((each) => each.id === status)
        ?.name ?? "",
    customerStage: (status) => statuses?.find((each) => each.id === status)?.name ?? "",
    money: times.money,
  };
  return {
    what: known ? t(`timeline.change.${known}`) : t("timeline.change.other"),
    before: valueOf(change.value_before[0], names),
    after: valueOf(change.value_after[0], names),
  };
}
