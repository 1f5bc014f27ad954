// Texts that are not there from the beginning: they come with what shows them.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Language } from "../../api/desk";
import { texts } from ".";

const sources = {
  alerts: {
    en: async () => (await import("./alerts.en")).alerts,
    ru: async () => (await import("./alerts.ru")).alerts,
  },
};

/** Whether they are there, in the language that the pages speak now. */
export function useMoreTexts(name: keyof typeof sources): boolean {
  const { i18n } = useTranslation();
  const language: Language = i18n.language === "ru" ? "ru" : "en";
  const { data } = useQuery({
    queryKey: ["texts", name, language],
    queryFn: async () => {
      texts.addResourceBundle(language, name, await sources[name][language]());
      return true;
    },
    staleTime: "static",
  });
  return data === true || texts.hasResourceBundle(language, name);
}
