// A small window over the page: a form, a question, something shown once. Esc closes it; focus goes back.
import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFocusBack } from "./focus";
import css from "./Window.module.css";

interface WindowProps {
  title: string;
  text?: ReactNode;
  size?: number;
  children: ReactNode;
  onClose: () => void;
  /** What is shown once must not be lost by a click beside it. */
  firm?: boolean;
}

export function Window({ title, text, size = 460, children, onClose, firm = false }: WindowProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      size={size}
      title={title}
      closeOnClickOutside={!firm}
      returnFocus={false} // it would only do so while it stays mounted
      closeButtonProps={{ "aria-label": t("act.close") }}
      classNames={{
        content: css.content ?? "",
        title: css.title ?? "",
        header: css.header ?? "",
        body: css.body ?? "",
      }}
    >
      {text !== undefined && <p className={css.text}>{text}</p>}
      {children}
    </Modal>
  );
}

/** The row of deeds that closes a form. */
export function Deeds({ children }: { children: ReactNode }) {
  return <div className={css.deeds}>{children}</div>;
}

interface QuestionProps {
  title: string;
  text: string;
  yes: string;
  busy: boolean;
  trouble?: ReactNode;
  onYes: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Question({ title, text, yes, busy, trouble, onYes, onClose }: QuestionProps) {
  const { t } = useTranslation();
  return (
    <Window title={title} text={text} onClose={onClose} size={420}>
      {trouble}
      <Deeds>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("act.cancel")}
        </Button>
        <Button color="red" loading={busy} onClick={onYes}>
          {yes}
        </Button>
      </Deeds>
    </Window>
  );
}
