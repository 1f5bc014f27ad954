// Working hours: a text for each day of the week, and a line for each special day.
import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { post, put } from "../api/client";
import { useSave } from "../app/useSave";
import { Form, Why } from "../ui/Form";
import { Deeds, Window } from "../ui/Window";
import { holidaysOf, holidaysText, spansOf, spansText } from "./hours";
import type { Hours, Span } from "./routing";
import css from "./Lines.module.css";

const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const OWN = "own";
const USUAL: Span[] = [[540, 1080]];

export function HoursWindow({ hours, onClose }: { hours?: Hours; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(hours?.name ?? "");
  const [zone, setZone] = useState(hours?.time_zone ?? null);
  const [week, setWeek] = useState(() =>
    DAYS.map((day) => spansText(hours ? (hours.week[day] ?? []) : day < 5 ? USUAL : [])),
  );
  const [special, setSpecial] = useState(() => holidaysText(hours?.holidays ?? {}));
  const [wrong, setWrong] = useState<string | null>(null);
  const { save, busy, why } = useSave(
    (given: object) => (hours ? put(`/desk/hours/${String(hours.id)}`, given) : post("/desk/hours", given)),
    { changes: ["routing"], said: t("said.saved"), done: onClose },
  );
  const submit = () => {
    const days = week.map(spansOf);
    const bad = DAYS.find((day) => days[day] === null);
    const holidays = holidaysOf(special);
    const trouble =
      bad !== undefined
        ? t("hours.wrongDay", { day: t(`hours.day${bad}`) })
        : typeof holidays === "string"
          ? t("hours.wrongHoliday", { line: holidays })
          : null;
    setWrong(trouble);
    if (trouble === null) save({ name: name.trim(), time_zone: zone, week: days, holidays });
  };
  return (
    <Window title={hours ? t("hours.edit") : t("hours.add")} onClose={onClose} size={560}>
      <Form label={t("hours.title")} onSubmit={submit}>
        <Why text={wrong ?? why} />
        <TextInput
          data-autofocus
          label={t("field.title")}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <fieldset className={css.steps}>
          <legend>{t("hours.week")}</legend>
          <p className={css.hint}>{t("hours.weekHint")}</p>
          <div className={css.week}>
            {DAYS.map((day) => (
              <Fragment key={day}>
                <label htmlFor={`hours-${String(day)}`}>{t(`hours.day${day}`)}</label>
                <TextInput
                  id={`hours-${String(day)}`}
                  placeholder={t("hours.dayOff")}
                  value={week[day] ?? ""}
                  onChange={(event) => {
                    const { value } = event.currentTarget;
                    setWeek((before) => before.map((each, index) => (index === day ? value : each)));
                  }}
                />
              </Fragment>
            ))}
          </div>
        </fieldset>
        <Textarea
          label={t("hours.holidays")}
          description={t("hours.holidaysHint")}
          rows={4}
          value={special}
          onChange={(event) => {
            setSpecial(event.currentTarget.value);
          }}
        />
        <Select
          label={t("hours.zone")}
          searchable
          data={[
            { value: OWN, label: t("hours.ownZone") },
            ...Intl.supportedValuesOf("timeZone").map((each) => ({ value: each, label: each })),
          ]}
          value={zone ?? OWN}
          onChange={(chosen) => {
            setZone(chosen === OWN ? null : chosen);
          }}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {hours ? t("act.save") : t("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}
