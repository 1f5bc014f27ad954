// What went wrong, as a sentence in the reader's language.
import { type Refusal, Unreachable, isRefusal } from "../api/client";
import { currentLanguage, texts } from "./texts";
import { inRussian } from "./texts/refusals";

export function sentence(error: unknown): string {
  if (error instanceof Unreachable) return `${texts.t("trouble.offline")} ${texts.t("trouble.offlineCause")}`;
  if (!isRefusal(error)) return texts.t("trouble.unknown");
  if (error.status === 429 && error.retrySeconds > 0) {
    return texts.t("trouble.tooMany", { count: error.retrySeconds });
  }
  if (error.status === 503) return `${texts.t("trouble.busy")} ${texts.t("trouble.busyCause")}`;
  return told(error);
}

function told(error: Refusal): string {
  if (error.status >= 500 || error.text === "") return texts.t("trouble.unknown");
  return currentLanguage() === "ru" ? inRussian(error.text) : error.text;
}
