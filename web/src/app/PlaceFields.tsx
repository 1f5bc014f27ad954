// Where a company works: country, language, time zone, currency.
import { Select } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "../api/desk";
import { Pair } from "../ui/Form";
import { countries, currencies, timeZones } from "./places";

export interface Place {
  country: string;
  language: Language;
  time_zone: string;
  currency: string;
}

const MOST_SHOWN = 400;

export function PlaceFields({
  place,
  onChange,
}: {
  place: Place;
  onChange: (change: Partial<Place>) => void;
}) {
  const { t, i18n } = useTranslation();
  const choices = useMemo(
    () => ({
      countries: countries(i18n.language),
      currencies: currencies(i18n.language),
      zones: timeZones(i18n.language, place.time_zone),
    }),
    [i18n.language, place.time_zone],
  );
  const shared = { searchable: true, limit: MOST_SHOWN, nothingFoundMessage: t("field.nothingFound") };
  return (
    <>
      <Pair>
        <Select
          {...shared}
          label={t("field.country")}
          data={choices.countries}
          value={place.country}
          onChange={(country) => {
            if (country !== null) onChange({ country });
          }}
        />
        <Select
          label={t("field.language")}
          data={[
            { value: "ru", label: t("language.ru") },
            { value: "en", label: t("language.en") },
          ]}
          value={place.language}
          onChange={(language) => {
            if (language !== null) onChange({ language: language });
          }}
        />
      </Pair>
      <Pair>
        <Select
          {...shared}
          label={t("field.timeZone")}
          data={choices.zones}
          value={place.time_zone}
          onChange={(zone) => {
            if (zone !== null) onChange({ time_zone: zone });
          }}
        />
        <Select
          {...shared}
          label={t("field.currency")}
          data={choices.currencies}
          value={place.currency}
          onChange={(currency) => {
            if (currency !== null) onChange({ currency });
          }}
        />
      </Pair>
    </>
  );
}
