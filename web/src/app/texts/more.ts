// Texts that are not there from the beginning: they come with what shows them.
import { useEffect, useState } from "react";
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
  const [, setLoaded] = useState(language);
  const isThere = texts.hasResourceBundle(language, name);
  useEffect(() => {
    if (isThere) return;
    let wanted = true;
    // Without the net they are asked for again with the next thing that changes.
    void sources[name][language]().then(
      (found) => {
        texts.addResourceBundle(language, name, found);
        if (wanted) setLoaded(language);
      },
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [isThere, name, language]);
  return isThere;
}
