// Times as people read them, in the reader's language and the company's time zone.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { me } from "../api/desk";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Times {
  moment: (seconds: number) => string;
  day: (seconds: number) => string;
  ago: (seconds: number) => string;
  number: (value: number) => string;
  money: (value: number) => string;
}

export function timesOf(
  language: string,
  timeZone?: string,
  currency = "RUB",
  now = () => Date.now() / 1000,
): Times {
  const zone = timeZone === undefined ? {} : { timeZone };
  const short = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", ...zone });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", ...zone });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    moment: (seconds) => short.format(seconds * 1000),
    day: (seconds) => date.format(seconds * 1000),
    ago: (seconds) => {
      const passed = now() - seconds;
      if (passed < MINUTE) return relative.format(0, "minute");
      if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), "minute");
      if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), "hour");
      if (passed < 7 * DAY) return relative.format(-Math.floor(passed / DAY), "day");
      return date.format(seconds * 1000);
    },
    money: (value) =>
      new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 0 }).format(
        value,
      ),
    number: (value) => new Intl.NumberFormat(language).format(value),
  };
}

export function useTimes(): Times {
  const { i18n } = useTranslation();
  const { data } = useQuery(me);
  return timesOf(i18n.language, data?.account?.time_zone, data?.account?.currency);
}
