// A password, with what makes one good enough.
import { PasswordInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

export const SHORTEST_PASSWORD = 8;

interface PasswordProps {
  label: string;
  value: string;
  fresh: boolean;
  focus?: boolean;
  onChange: (value: string) => void;
}

export function Password({ label, value, fresh, focus = false, onChange }: PasswordProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={label}
      {...(fresh ? { description: t("field.passwordHint"), minLength: SHORTEST_PASSWORD } : {})}
      autoComplete={fresh ? "new-password" : "current-password"}
      required
      withAsterisk={false}
      {...(focus ? { "data-autofocus": true, autoFocus: true } : {})}
      value={value}
      visibilityToggleButtonProps={{ "aria-label": t("field.showPassword") }}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}
