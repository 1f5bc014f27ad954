// Which language the pages speak, and how a language comes: only the one that is used is loaded.
import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { refusals } from "../../api/client";
import type { Language } from "../../api/desk";
import type { alerts } from "./alerts.en";
import type { en } from "./en";
import type { fields } from "./fields.en";
import type { guide } from "./guide.en";
import type { logs } from "./logs.en";
import type { pipelines } from "./pipelines.en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: {
      translation: typeof en & { guide: typeof guide; pipelines: typeof pipelines; fields: typeof fields };
      logs: typeof logs;
      alerts: typeof alerts;
    };
  }
}

const KEPT = "trubka-language";

export const texts: i18n = createInstance();

type Told = (sentence: string) => string | null;

const sources = {
  en: async () => (await import("./en")).en,
  ru: async () => (await import("./ru")).ru,
};

// The texts of screens that few see come with their screen: `bring` before it is shown.
const late = {
  guide: {
    en: async () => (await import("./guide.en")).guide,
    ru: async () => (await import("./guide.ru")).guide,
  },
  pipelines: {
    en: async () => (await import("./pipelines.en")).pipelines,
    ru: async () => (await import("./pipelines.ru")).pipelines,
  },
  fields: {
    en: async () => (await import("./fields.en")).fields,
    ru: async () => (await import("./fields.ru")).fields,
  },
};
type Late = keyof typeof late;

const brought = new Set<Late>();

let inRussian: Told | undefined;

refusals.ready = async () => {
  if (currentLanguage() !== "ru" || inRussian) return;
  // Without them a refusal is told in general words, which is better than not at all.
  ({ inRussian } = await import("./refusals").catch(() => ({ inRussian: undefined })));
};

/** What the server said, in the language of the pages; null is a sentence that nobody has put into it. */
export const refusalText: Told = (sentence) =>
  currentLanguage() === "ru" ? (inRussian?.(sentence) ?? null) : sentence;

/** The language chosen here last, else the browser's own. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "ru" || kept === "en") return kept;
  return /^ru/i.test(navigator.language) ? "ru" : "en";
}

export async function startTexts(language: Language): Promise<void> {
  const translation = await sources[language]();
  await texts.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation } },
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  if (texts.language === language) return;
  if (!texts.hasResourceBundle(language, "translation")) {
    texts.addResourceBundle(language, "translation", await sources[language]());
  }
  await Promise.all([...brought].map((name) => add(name, language)));
  await texts.changeLanguage(language);
}

export async function bring(name: Late): Promise<void> {
  brought.add(name);
  await add(name, currentLanguage());
}

async function add(name: Late, language: Language): Promise<void> {
  if (texts.getResource(language, "translation", name) !== undefined) return;
  texts.addResourceBundle(language, "translation", { [name]: await late[name][language]() }, true);
}

export const currentLanguage = (): Language => (texts.language === "ru" ? "ru" : "en");
