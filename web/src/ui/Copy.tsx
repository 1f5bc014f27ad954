// Text that is meant to be carried elsewhere: an address, a token, a command, with a button that copies it.
import { Button } from "@mantine/core";
import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import css from "./Copy.module.css";

const SAID_FOR = 2000; // ms

interface CopyProps {
  text: string;
  label: string;
  secret?: boolean;
  block?: boolean;
}

export function Copy({ text, label, secret = false, block = false }: CopyProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, SAID_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);

  async function copy(): Promise<void> {
    // Over plain http from another machine there is no clipboard: the text is selected for Ctrl+C instead.
    const selection = getSelection();
    if (place.current) selection?.selectAllChildren(place.current);
    try {
      await navigator.clipboard.writeText(text);
      selection?.removeAllRanges();
      setCopied(true);
    } catch {
      setCopied(false);
    }
  }

  return (
    <div className={`${css.copy} ${block ? css.block : ""} ${secret ? css.secret : ""}`}>
      <code ref={place} className={css.text} tabIndex={0} aria-label={label}>
        {text}
      </code>
      <Button
        size="xs"
        variant={secret ? "filled" : "default"}
        className={css.button}
        leftSection={copied ? <Check size={14} /> : <CopyIcon size={14} />}
        aria-label={`${t("act.copy")}: ${label}`}
        onClick={() => void copy()}
      >
        <span aria-live="polite">{copied ? t("act.copied") : t("act.copy")}</span>
      </Button>
    </div>
  );
}
