// The left side of a card: whose it is, where it stands, what it is worth, and every custom field of the account.
import { useQuery } from "@tanstack/react-query";
import { Mail, MessageSquare, Phone } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { choices, type Field, fieldsOf, pipelines, type Value } from "../../api/cards";
import { colleagues } from "../../api/desk";
import { dial } from "../../app/dial";
import { sentence } from "../../app/sentence";
import { useTimes } from "../../app/times";
import { useHere } from "../../app/useHere";
import { usePeople } from "../../app/usePeople";
import { momentOf } from "../../tasks/due";
import { useCard, useChange } from "../CardContext";
import { Editor, useKindName } from "./Editors";
import css from "./fields.module.css";
import { InPlace } from "./InPlace";
import {
  type Draft,
  draftOf,
  givenOf,
  isNumber,
  NUMBERS,
  plainNumber,
  type Reading,
  shownOf,
} from "./values";

const LOST = 143;

export function Fields() {
  const { t } = useTranslation();
  const { kind, whole } = useCard();
  const fields = useQuery(fieldsOf(kind)).data;
  const { moment } = useTimes();
  const { nameOf } = usePeople();
  const card = whole.card;
  const by = nameOf(card.created_by);
  return (
    <dl className={css.list} aria-label={t("card.fields")}>
      {kind === "leads" && <StageRow />}
      {kind === "leads" && card.status_id === LOST && <LossRow />}
      {kind === "leads" && <MoneyRow column="price" label={t("card.price")} />}
      {kind === "customers" && <CustomerRows />}
      <OwnerRow />
      {(fields ?? [])
        .filter((field) => field.is_visible !== false)
        .map((field) => (
          <CustomRow key={field.id} field={field} />
        ))}
      <Plain label={t("card.created")}>
        {moment(card.created_at)}
        {by === "" || card.created_by === 0 ? "" : `, ${by}`}
      </Plain>
    </dl>
  );
}

function Plain({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <dt>{label}</dt>
      <dd>
        <div className={css.shown}>
          <div className={css.value}>{children}</div>
        </div>
      </dd>
    </div>
  );
}

interface RowProps {
  field: Field;
  values: Value[];
  shown: (values: Value[]) => ReactNode;
  change: (draft: Draft) => object;
  seen: () => object;
  check?: (draft: Draft) => string | null;
  groups?: { group: string; items: { value: string; label: string }[] }[];
  required?: boolean;
}

function Row({ field, values, shown, change, seen, check, groups, required = false }: RowProps) {
  const { whole } = useCard();
  const { change: save, renew } = useChange();
  const zone = useHere().account.time_zone;
  const canEdit = whole.may.edit && !field.is_api_only;
  return (
    <div className={css.field}>
      <dt>{field.name}</dt>
      <dd>
        <InPlace<Draft>
          label={field.name}
          wide={["multitext", "textarea"].includes(field.type)}
          shown={shown(values)}
          told={(draft) => shown(valuesOf(field, draft, zone))}
          begin={canEdit ? () => draftOf(field, values, zone) : null}
          seen={seen}
          {...(check ? { check } : {})}
          save={(draft, looked) => save(change(draft), looked)}
          renew={renew}
        >
          {({ draft, set, done }) => (
            <Editor field={field} draft={draft} set={set} done={done} groups={groups} required={required} />
          )}
        </InPlace>
      </dd>
    </div>
  );
}

/** What will be shown when the draft is saved. */
function valuesOf(field: Field, draft: Draft, zone: string): Value[] {
  return givenOf(draft).map((given) => {
    const choice = field.enums?.find((each) => each.id === given.enum_id);
    const value = given.value ?? choice?.value ?? "";
    const isDay = draft.as === "text" && /^\d{4}-\d\d-\d\d/.test(draft.text);
    const at =
      isDay && typeof value === "string"
        ? momentOf(value.length > 10 ? value : `${value}T00:00`, zone)
        : value;
    return { value: isDay ? at : value, ...(given.enum_id === undefined ? {} : { enum_id: given.enum_id }) };
  });
}

const pseudo = (name: string, type: string, enums: Field["enums"] = null): Field => ({
  id: 0,
  name,
  type,
  code: null,
  is_api_only: false,
  enums,
});

function OwnerRow() {
  const { t } = useTranslation();
  const { whole } = useCard();
  const people = useQuery(colleagues).data ?? [];
  const { nameOf } = usePeople();
  const owner = whole.card.responsible_user_id;
  const field = pseudo(
    t("card.owner"),
    "select",
    people.map((each) => ({ id: each.id, value: each.name })),
  );
  return (
    <Row
      field={field}
      required
      values={[{ value: owner, enum_id: owner }]}
      shown={([value]) => nameOf(value?.enum_id ?? owner) || "\u00a0"}
      change={(draft) => ({ responsible_user_id: draft.as === "choice" ? draft.id : owner })}
      seen={() => ({ responsible_user_id: owner })}
    />
  );
}

function StageRow() {
  const { t } = useTranslation();
  const { whole } = useCard();
  const found = useQuery(pipelines).data ?? [];
  const { pipeline_id: pipeline, status_id: status } = whole.card;
  // Won and lost have the same numbers in every pipeline: a stage is known by its place in this list.
  const stages = found.flatMap((each) =>
    each._embedded.statuses.map((stage) => ({ ...stage, pipeline_id: each.id, pipeline: each.name })),
  );
  const now = stages.findIndex((each) => each.pipeline_id === pipeline && each.id === status);
  const groups = found
    .filter((each) => !each.is_archive || each.id === pipeline)
    .map((each) => ({
      group: each.name,
      items: stages.flatMap((stage, index) =>
        stage.pipeline_id === each.id && (stage.type !== 1 || index === now)
          ? [{ value: String(index), label: stage.name }]
          : [],
      ),
    }));
  return (
    <Row
      field={pseudo(
        t("card.stage"),
        "select",
        stages.map((each, index) => ({ id: index, value: each.name })),
      )}
      required
      groups={groups}
      values={[{ value: "", enum_id: now }]}
      shown={([value]) => {
        const stage = stages[value?.enum_id ?? -1];
        if (!stage) return "\u00a0";
        return (
          <>
            <span className={css.dot} style={{ background: stage.color }} aria-hidden="true" />
            {stage.name}
            {found.length > 1 && <span className={css.means}> · {stage.pipeline}</span>}
          </>
        );
      }}
      change={(draft) => {
        const stage = draft.as === "choice" && draft.id !== null ? stages[draft.id] : undefined;
        return { pipeline_id: stage?.pipeline_id, status_id: stage?.id };
      }}
      seen={() => ({ pipeline_id: pipeline, status_id: status })}
    />
  );
}

function LossRow() {
  const { t } = useTranslation();
  const { whole } = useCard();
  const reasons = useQuery(choices).data?.loss_reasons ?? [];
  const reason = whole.card.loss_reason_id ?? null;
  if (reasons.length === 0) return null;
  return (
    <Row
      field={pseudo(
        t("card.lossReason"),
        "select",
        reasons.map((each) => ({ id: each.id, value: each.name })),
      )}
      values={reason === null ? [] : [{ value: "", enum_id: reason }]}
      shown={([value]) => reasons.find((each) => each.id === value?.enum_id)?.name ?? null}
      change={(draft) => ({ loss_reason_id: draft.as === "choice" ? (draft.id ?? 0) : 0 })}
      seen={() => ({ loss_reason_id: reason })}
    />
  );
}

function MoneyRow({ column, label }: { column: "price" | "next_price"; label: string }) {
  const { t } = useTranslation();
  const { whole } = useCard();
  const { money } = useTimes();
  const value = whole.card[column] ?? 0;
  return (
    <Row
      field={pseudo(label, "price")}
      values={value === 0 ? [] : [{ value: String(value) }]}
      shown={([first]) =>
        first ? <span className={css.sum}>{money(Number(plainNumber(String(first.value))) || 0)}</span> : null
      }
      check={(draft) => (draft.as !== "text" || isNumber(draft.text) ? null : t("card.noNumber"))}
      change={(draft) => ({
        [column]: draft.as === "text" ? Math.round(Number(plainNumber(draft.text.trim() || "0"))) : value,
      })}
      seen={() => ({ [column]: value })}
    />
  );
}

function CustomerRows() {
  const { t } = useTranslation();
  const { whole } = useCard();
  const { day, money, number } = useTimes();
  const zone = useHere().account.time_zone;
  const statuses = useQuery(choices).data?.customer_statuses ?? [];
  const { next_date: next = 0, status_id: status = 0, ltv = 0, purchases_count: count = 0 } = whole.card;
  return (
    <>
      {statuses.length > 0 && (
        <Row
          field={pseudo(
            t("card.stage"),
            "select",
            statuses.map((each) => ({ id: each.id, value: each.name })),
          )}
          values={status === 0 ? [] : [{ value: "", enum_id: status }]}
          shown={([value]) => statuses.find((each) => each.id === value?.enum_id)?.name ?? null}
          change={(draft) => ({ status_id: draft.as === "choice" ? (draft.id ?? 0) : status })}
          seen={() => ({ status_id: status })}
        />
      )}
      <MoneyRow column="next_price" label={t("card.nextPrice")} />
      <Row
        field={pseudo(t("card.nextDate"), "date")}
        values={next === 0 ? [] : [{ value: next }]}
        shown={([value]) => (value ? day(Number(value.value)) : null)}
        change={(draft) => ({
          next_date: draft.as === "text" && draft.text !== "" ? momentOf(`${draft.text}T00:00`, zone) : 0,
        })}
        seen={() => ({ next_date: next })}
      />
      {count > 0 && (
        <Plain label={t("card.bought")}>
          {t("card.boughtTimes", { count, sum: money(ltv), number: number(count) })}
        </Plain>
      )}
    </>
  );
}

function useReading(): Reading {
  const { t } = useTranslation();
  const times = useTimes();
  const zone = useHere().account.time_zone;
  return {
    timeZone: zone,
    yes: t("card.yes"),
    no: t("card.no"),
    date: times.day,
    moment: times.moment,
    number: times.number,
  };
}

function CustomRow({ field }: { field: Field }) {
  const { t } = useTranslation();
  const { whole } = useCard();
  const reading = useReading();
  const kept = whole.card.custom_fields_values?.find((each) => each.field_id === field.id)?.values ?? null;
  const seen = () => ({ fields: { [field.id]: kept } });
  const change = (draft: Draft) => {
    let values = givenOf(draft);
    if (NUMBERS.includes(field.type))
      values = values.map((each) => ({ value: plainNumber(String(each.value)) }));
    return { custom_fields_values: [{ field_id: field.id, values }] };
  };
  if (field.type === "checkbox")
    return <FlagRow field={field} on={kept?.[0]?.value === true} change={change} seen={seen} />;
  return (
    <Row
      field={field}
      values={kept ?? []}
      shown={(values) =>
        values.length === 0 ? null : <Values field={field} values={values} reading={reading} />
      }
      check={(draft) =>
        NUMBERS.includes(field.type) && draft.as === "text" && !isNumber(draft.text)
          ? t("card.noNumber")
          : field.is_required === true && givenOf(draft).length === 0
            ? t("card.needValue")
            : null
      }
      required={field.is_required === true}
      change={change}
      seen={seen}
    />
  );
}

interface FlagRowProps {
  field: Field;
  on: boolean;
  change: (draft: Draft) => object;
  seen: () => object;
}

function FlagRow({ field, on, change, seen }: FlagRowProps) {
  const { whole } = useCard();
  const { change: save, renew } = useChange();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  return (
    <div className={css.field}>
      <dt>{field.name}</dt>
      <dd>
        <div className={css.flag}>
          <input
            type="checkbox"
            aria-label={field.name}
            checked={wanted ?? on}
            disabled={!whole.may.edit || field.is_api_only}
            onChange={(event) => {
              const next = event.currentTarget.checked;
              setWanted(next);
              setWhy(null);
              save(change({ as: "flag", on: next }), seen())
                .catch(async (error: unknown) => {
                  setWhy(sentence(error));
                  await renew();
                })
                .finally(() => {
                  setWanted(null);
                });
            }}
          />
        </div>
        {why !== null && (
          <p className={css.why} role="alert">
            {why}
          </p>
        )}
      </dd>
    </div>
  );
}

function Values({ field, values, reading }: { field: Field; values: Value[]; reading: Reading }) {
  const { t } = useTranslation();
  const kindName = useKindName();
  return values.map((each, index) => {
    const text = shownOf(field.type, each.value, reading);
    if (field.type === "multitext") {
      const kind = field.enums?.find((one) => one.id === each.enum_id)?.value;
      return (
        <div key={index} className={css.contact}>
          {field.code === "EMAIL" ? <span>{text}</span> : <span className={css.number}>{text}</span>}
          {kind !== undefined && values.length > 1 && <span className={css.means}>{kindName(kind)}</span>}
          {field.code === "PHONE" && <Ways number={text} />}
          {field.code === "EMAIL" && (
            <a className={css.way} href={`mailto:${text}`} aria-label={t("card.mailTo", { what: text })}>
              <Mail size={14} aria-hidden="true" />
            </a>
          )}
        </div>
      );
    }
    if (field.type === "url" && /^https?:\/\//i.test(text)) {
      return (
        <div key={index}>
          <a className={css.link} href={text} target="_blank" rel="noreferrer noopener">
            {text}
          </a>
        </div>
      );
    }
    return <div key={index}>{text}</div>;
  });
}

/** Call, and write. */
export function Ways({ number }: { number: string }) {
  const { t } = useTranslation();
  return (
    <>
      <button
        type="button"
        className={css.way}
        aria-label={t("card.callTo", { what: number })}
        title={t("card.callTo", { what: number })}
        onClick={() => {
          dial(number);
        }}
      >
        <Phone size={14} aria-hidden="true" />
      </button>
      <a
        className={css.way}
        href={`sms:${number.replace(/[^\d+]/g, "")}`}
        aria-label={t("card.writeTo", { what: number })}
        title={t("card.writeTo", { what: number })}
      >
        <MessageSquare size={14} aria-hidden="true" />
      </a>
    </>
  );
}
