// Calls by the hour of the day and by whose they are, as bars; the same figures stand in tables for those who listen.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Sum, summaryOf } from "../api/calls";
import { Failed } from "../app/Shown";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { Waiting } from "../ui/Page";
import css from "./CallsCharts.module.css";
import { type Filters, summaryWordsOf } from "./filters";
import { lengthOf } from "./length";

const PARTS = ["answered", "missed", "outbound"] as const;
const HEIGHT = 120; // px
const WIDTH = 24; // of an hour, with its gap
const MOST_PEOPLE = 8;

const total = (sum: Sum): number => PARTS.reduce((whole, part) => whole + sum[part], 0);

export function CallsCharts({ filters, now }: { filters: Filters; now: number }) {
  const { t } = useTranslation();
  const here = useHere();
  const { day, number } = useTimes();
  const query = useQuery(summaryOf(summaryWordsOf(filters, here.account.time_zone, now)));
  const told = query.data;
  if (!told) {
    return query.isError ? (
      <Failed error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Waiting text={t("calls.counting")} />
    );
  }
  const hours = Array.from({ length: 24 }, (_, hour) => ({
    ...(told.hours.find((each) => each.hour === hour) ?? NOTHING),
    hour,
  }));
  return (
    <section className={css.charts} aria-label={t("calls.charts")}>
      <div className={css.words}>
        <p className={css.period}>
          {t("calls.chartsPeriod", { from: day(told.from), to: day(told.to) })}
          {told.more && `. ${t("calls.chartsMore")}`}
        </p>
        <ul className={css.legend}>
          {PARTS.map((part) => (
            <li key={part} data-part={part}>
              <b>{number(told.all[part])}</b> {t(`calls.parts.${part}`)}
            </li>
          ))}
          <li>
            <b>{lengthOf(told.all.talk_seconds)}</b> {t("calls.talked")}
          </li>
        </ul>
      </div>
      <Hours hours={hours} />
      <PeopleBars users={told.users} />
    </section>
  );
}

const NOTHING: Sum = { answered: 0, missed: 0, outbound: 0, talk_seconds: 0 };

function Hours({ hours }: { hours: ({ hour: number } & Sum)[] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...hours.map(total));
  const peak = hours.reduce((best, each) => (total(each) > total(best) ? each : best));
  const words =
    total(peak) === 0
      ? t("calls.byHourNone")
      : t("calls.byHourWords", { hour: peak.hour, count: total(peak) });
  return (
    <figure className={css.figure}>
      <figcaption className={css.title}>{t("calls.byHour")}</figcaption>
      <svg
        viewBox={`0 0 ${24 * WIDTH} ${HEIGHT + 18}`}
        className={css.hours}
        role="img"
        aria-label={`${t("calls.byHour")}. ${words}`}
      >
        <line x1={0} x2={24 * WIDTH} y1={HEIGHT} y2={HEIGHT} className={css.ground} />
        {hours.map((each) => {
          let top = HEIGHT;
          return (
            <g key={each.hour} transform={`translate(${each.hour * WIDTH} 0)`}>
              <title>{`${each.hour}:00 — ${PARTS.map((part) => `${t(`calls.parts.${part}`)}: ${each[part]}`).join(", ")}`}</title>
              <rect x={0} y={0} width={WIDTH} height={HEIGHT} className={css.hit} />
              {PARTS.map((part) => {
                const height = (each[part] / most) * (HEIGHT - 6);
                top -= height;
                return <rect key={part} x={4} y={top} width={WIDTH - 8} height={height} data-part={part} />;
              })}
              {each.hour % 3 === 0 && (
                <text x={WIDTH / 2} y={HEIGHT + 14} textAnchor="middle" className={css.tick}>
                  {each.hour}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <Figures
        label={t("calls.byHour")}
        first={t("calls.hour")}
        rows={hours.filter((each) => total(each) > 0).map((each) => ({ name: `${each.hour}:00`, sum: each }))}
      />
    </figure>
  );
}

function PeopleBars({ users }: { users: ({ user_id: number | null } & Sum)[] }) {
  const { t } = useTranslation();
  const { nameOf } = usePeople();
  const rows = [...users]
    .sort((one, other) => total(other) - total(one))
    .map((each) => ({ name: each.user_id === null ? t("calls.nobody") : nameOf(each.user_id), sum: each }));
  const most = Math.max(1, ...rows.map((row) => total(row.sum)));
  return (
    <figure className={css.figure}>
      <figcaption className={css.title}>{t("calls.byUser")}</figcaption>
      {rows.length === 0 && <p className={css.nothing}>{t("calls.byHourNone")}</p>}
      <div aria-hidden="true">
        {rows.slice(0, MOST_PEOPLE).map(({ name, sum }) => (
          <div key={sum.user_id ?? 0} className={css.person}>
            <span className={css.name}>{name}</span>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" className={css.bar}>
              {PARTS.map((part, index) => (
                <rect
                  key={part}
                  x={(PARTS.slice(0, index).reduce((whole, each) => whole + sum[each], 0) / most) * 100}
                  width={(sum[part] / most) * 100}
                  y={0}
                  height={10}
                  data-part={part}
                />
              ))}
            </svg>
            <span className={css.count}>{total(sum)}</span>
            <span className={css.talk}>{lengthOf(sum.talk_seconds)}</span>
          </div>
        ))}
        {rows.length > MOST_PEOPLE && (
          <p className={css.nothing}>{t("calls.others", { count: rows.length - MOST_PEOPLE })}</p>
        )}
      </div>
      <Figures label={t("calls.byUser")} first={t("calls.who")} rows={rows} />
    </figure>
  );
}

function Figures({
  label,
  first,
  rows,
}: {
  label: string;
  first: string;
  rows: { name: string; sum: Sum }[];
}) {
  const { t } = useTranslation();
  return (
    <div className={css.figures}>
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {PARTS.map((part) => (
              <th key={part} scope="col">
                {t(`calls.parts.${part}`)}
              </th>
            ))}
            <th scope="col">{t("calls.talked")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, sum }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {PARTS.map((part) => (
                <td key={part}>{sum[part]}</td>
              ))}
              <td>{lengthOf(sum.talk_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
