// What went wrong, as a sentence in the reader's language.
import { type Refusal, Unreachable, isRefusal } from "../api/client";
import { refusalText, texts } from "./texts";

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
  const sentences = error.status >= 500 ? [] : error.texts.map(refusalText);
  const known = [...new Set(sentences.filter((each) => each !== null))];
  return known.length > 0 ? known.join(" ") : texts.t("trouble.unknown");
}
