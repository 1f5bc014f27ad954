// Countries, currencies and time zones by their names in the reader's language; the likeliest stand first.
const NEAR = ["RU", "BY", "KZ", "AM", "AZ", "GE", "KG", "MD", "TJ", "TM", "UZ"];
const OTHERS =
  "AD AE AF AG AL AO AR AT AU BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KH KI KM KN KP KR KW LA LB LC LI LK LR LS LT LU LV LY MA MC ME MG MH MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TL TN TO TR TT TV TW TZ UA UG US UY VA VC VE VN VU WS YE ZA ZM ZW".split(
    " ",
  );
const NEAR_CURRENCIES = ["RUB", "BYN", "KZT", "USD", "EUR", "AMD", "AZN", "GEL", "KGS", "UZS", "CNY"];

export interface Choice {
  value: string;
  label: string;
}

export function countries(language: string): Choice[] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  const choice = (code: string): Choice => ({ value: code, label: names.of(code) ?? code });
  const rest = OTHERS.map(choice).sort((a, b) => a.label.localeCompare(b.label, language));
  return [...NEAR.map(choice), ...rest];
}

export function currencies(language: string): Choice[] {
  const names = new Intl.DisplayNames(language, { type: "currency" });
  const rest = Intl.supportedValuesOf("currency").filter((code) => !NEAR_CURRENCIES.includes(code));
  return [...NEAR_CURRENCIES, ...rest].map((code) => ({
    value: code,
    label: `${code} · ${names.of(code) ?? code}`,
  }));
}

/** With the present difference from UTC in the name. The one in use is there even if the browser does not know it. */
export function timeZones(language: string, used: string): Choice[] {
  const zones = new Set([used, "UTC", ...Intl.supportedValuesOf("timeZone")]);
  return [...zones]
    .map((zone) => {
      const minutes = offset(zone);
      return { value: zone, label: `${shown(minutes)} · ${zone.replaceAll("_", " ")}`, minutes };
    })
    .sort((a, b) => a.minutes - b.minutes || a.value.localeCompare(b.value, language))
    .map(({ value, label }) => ({ value, label }));
}

function offset(zone: string): number {
  try {
    const parts = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      timeZoneName: "longOffset",
    }).formatToParts();
    const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return 0;
  }
}

function shown(minutes: number): string {
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${String(size % 60).padStart(2, "0")}`;
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${rest}`;
}

export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
