// What an alert says, and where it is mended.
import type { TFunction } from "i18next";
import type { Alert, OfRecordings } from "../api/alerts";
import type { Times } from "../app/times";

export interface Words {
  header: string;
  text: string;
  /** Where to go; a call is asked for first. */
  to?: { path: string; text: string };
  call?: number;
}

type T = TFunction<"alerts">;

export function wordsOf(alert: Alert, t: T, times: Times): Words {
  switch (alert.kind) {
    case "webhook_bad":
    case "webhook_off": {
      const { host, status } = alert.details;
      const isOff = alert.kind === "webhook_off";
      const said = status === 0 ? t("silent", { host }) : t("answered", { host, status });
      return {
        header: t(isOff ? "webhookOff" : "webhookBad"),
        text: `${said} ${t(isOff ? "isOff" : "willBeOff")}`,
        to: { path: "/settings/webhooks", text: t("toWebhooks") },
      };
    }
    case "recordings_bad":
      return {
        header: t("recordingsBad"),
        ...lost(alert.details, t),
        ...(alert.details.pbx_id === null ? {} : { to: { path: "/settings/lines", text: t("toLines") } }),
      };
    case "recording_lost":
      return { header: t("recordingLost"), ...lost(alert.details, t) };
    case "store_bad":
      return { header: t("storeBad"), text: t("storeText") };
    case "pbx_silent": {
      const { name, heard_at: heard } = alert.details;
      return {
        header: t("pbxSilent", { name }),
        text: heard === null ? t("neverHeard") : t("unheard", { when: times.moment(heard) }),
        to: { path: "/settings/lines", text: t("toLines") },
      };
    }
    case "page":
      return alert.details;
    default:
      return unknown(alert);
  }
}

function lost(details: OfRecordings, t: T): Pick<Words, "text" | "call"> {
  const place = details.host || t(details.pbx_id === null ? "somewhere" : "aPbx");
  return {
    text: t("lost", { place, why: why(details, t) }),
    ...(details.call_id === undefined ? {} : { call: details.call_id }),
  };
}

function why({ code, detail = "" }: OfRecordings, t: T): string {
  switch (code) {
    case "answered":
      return t("why.answered", { detail });
    case "gone":
    case "large":
    case "private":
    case "link":
    case "unreachable":
    case "html":
    case "nothing":
      return t(`why.${code}`);
    default:
      return t("why.other");
  }
}

/** A kind without a case does not compile; one of a newer server is told by its name. */
function unknown(alert: never): Words {
  return { header: (alert as Alert).kind, text: "" };
}
