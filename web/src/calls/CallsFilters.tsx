// What narrows the history of calls. Every choice goes into the address, so that it can be sent to somebody.
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { lines } from "../api/calls";
import { useKeys } from "../app/keys";
import { usePeople } from "../app/usePeople";
import css from "./Calls.module.css";
import { DIRECTIONS, type Filters, isFiltered, LENGTHS, type Length, PERIODS } from "./filters";

const TYPED_FOR = 400; // ms

interface CallsFiltersProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

export function CallsFilters({ filters, onChange }: CallsFiltersProps) {
  const { t } = useTranslation();
  const { choices } = usePeople();
  const ours = useQuery(lines).data ?? [];
  const change = (part: { [Name in keyof Filters]?: Filters[Name] | undefined }) => {
    const next = Object.entries({ ...filters, ...part }).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(next));
  };
  const own = filters.period === undefined && (filters.from !== undefined || filters.to !== undefined);
  const [dates, showDates] = useState(own);
  const lineChoices = ours.map((each) => ({
    value: each.number,
    label: each.name === "" ? each.number : `${each.name} · ${each.number}`,
  }));
  if (filters.line !== undefined && !lineChoices.some((each) => each.value === filters.line)) {
    lineChoices.push({ value: filters.line, label: filters.line });
  }
  return (
    <div className={css.filters} role="search" aria-label={t("calls.filters")}>
      <NumberField
        value={filters.number ?? ""}
        onChange={(number) => {
          change({ number: number === "" ? undefined : number });
        }}
      />
      <Select
        size="xs"
        w={150}
        aria-label={t("calls.who")}
        placeholder={t("calls.anybody")}
        data={choices}
        searchable
        clearable
        nothingFoundMessage={t("field.nothingFound")}
        value={filters.user === undefined ? null : String(filters.user)}
        onChange={(id) => {
          change({ user: id === null ? undefined : Number(id) });
        }}
      />
      {lineChoices.length > 0 && (
        <Select
          size="xs"
          w={150}
          aria-label={t("calls.line")}
          placeholder={t("calls.anyLine")}
          data={lineChoices}
          clearable
          value={filters.line ?? null}
          onChange={(line) => {
            change({ line: line ?? undefined });
          }}
        />
      )}
      <Select
        size="xs"
        w={148}
        aria-label={t("calls.direction")}
        placeholder={t("calls.anyWay")}
        data={DIRECTIONS.map((way) => ({ value: way, label: t(`calls.ways.${way}`) }))}
        clearable
        value={filters.direction ?? null}
        onChange={(way) => {
          change({ direction: DIRECTIONS.find((each) => each === way) });
        }}
      />
      <Select
        size="xs"
        w={148}
        aria-label={t("calls.length")}
        placeholder={t("calls.anyLength")}
        data={(Object.keys(LENGTHS) as Length[]).map((each) => ({
          value: each,
          label: t(`calls.lengths.${each}`),
        }))}
        clearable
        value={filters.length ?? null}
        onChange={(length) => {
          change({ length: length ?? undefined });
        }}
      />
      <Select
        size="xs"
        w={148}
        aria-label={t("calls.period")}
        placeholder={t("calls.anyTime")}
        data={[
          ...PERIODS.map((each) => ({ value: each, label: t(`calls.periods.${each}`) })),
          { value: OWN, label: t("calls.periods.own") },
        ]}
        clearable
        value={filters.period ?? (dates ? OWN : null)}
        onChange={(value) => {
          showDates(value === OWN);
          change({
            period: value === OWN || value === null ? undefined : value,
            from: undefined,
            to: undefined,
          });
        }}
      />
      {dates && filters.period === undefined && (
        <>
          {(["from", "to"] as const).map((end) => (
            <TextInput
              key={end}
              size="xs"
              type="date"
              aria-label={t(`calls.${end}`)}
              value={filters[end] ?? ""}
              onChange={(event) => {
                const day = event.currentTarget.value;
                change({ [end]: day === "" ? undefined : day });
              }}
            />
          ))}
        </>
      )}
      {(["missed", "owed", "recorded"] as const).map((name) => (
        <Button
          key={name}
          size="xs"
          variant="default"
          className={filters[name] ? css.on : undefined}
          aria-pressed={filters[name] ?? false}
          onClick={() => {
            change({ [name]: filters[name] ? undefined : true });
          }}
        >
          {t(`calls.only.${name}`)}
        </Button>
      ))}
      {isFiltered(filters) && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => {
            showDates(false);
            onChange(filters.charts ? { charts: true } : {});
          }}
        >
          {t("calls.clear")}
        </Button>
      )}
    </div>
  );
}

const OWN = "own";

/** A number is looked for when it is typed, not with every digit. */
function NumberField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const place = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setDraft(value);
  }
  const told = useRef(onChange);
  useEffect(() => {
    told.current = onChange;
  });
  useEffect(() => {
    if (draft.trim() === known) return;
    const timer = setTimeout(() => {
      told.current(draft.trim());
    }, TYPED_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [draft, known]);
  useKeys({
    f: () => {
      place.current?.focus();
    },
  });
  return (
    <TextInput
      ref={place}
      size="xs"
      w={170}
      type="search"
      inputMode="tel"
      aria-label={t("calls.number")}
      placeholder={t("calls.number")}
      leftSection={<Search size={14} aria-hidden="true" />}
      value={draft}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
      }}
    />
  );
}
