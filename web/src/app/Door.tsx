// The frame of all screens before the desk: our mark, one card in the middle, the language below.
import { UnstyledButton } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Mark } from "./Mark";
import { speak } from "./texts";
import css from "./Door.module.css";

interface DoorProps {
  title: string;
  text?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
}

export function Door({ title, text, wide = false, children }: DoorProps) {
  const { t, i18n } = useTranslation();
  useEffect(() => {
    document.title = `${title} · trubka`;
  }, [title]);
  return (
    <main className={css.door}>
      <div className={wide ? css.wide : css.narrow}>
        <div className={css.brand}>
          <Mark size={30} />
          <span>{t("brand")}</span>
        </div>
        <div className={css.card}>
          <h1 className={css.title}>{title}</h1>
          {text !== undefined && <p className={css.text}>{text}</p>}
          {children}
        </div>
        <div className={css.languages}>
          {(["ru", "en"] as const).map((language) => (
            <UnstyledButton
              key={language}
              lang={language}
              className={css.language}
              aria-pressed={i18n.language === language}
              onClick={() => void speak(language)}
            >
              {t(`language.${language}`)}
            </UnstyledButton>
          ))}
        </div>
      </div>
    </main>
  );
}
