// Sign in with e-mail and password; on an empty installation, where to find the link that opens the first form.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isRefusal, post } from "../api/client";
import { door, type Here } from "../api/desk";
import { useSave } from "../app/useSave";
import { Form, Note, Why } from "../ui/Form";
import { Door } from "../app/Door";
import css from "../app/Door.module.css";
import { useEnter } from "./useEnter";

export function SignIn() {
  const { t } = useTranslation();
  const { data } = useQuery(door);
  if (data?.first_run) {
    return (
      <Door title={t("signIn.firstRun")} text={t("signIn.firstRunText")}>
        <div>
          <Note>{t("signIn.lostLink")}</Note>
        </div>
      </Door>
    );
  }
  return (
    <Door title={t("signIn.title")}>
      <SignInForm />
      <p className={css.foot}>{t("signIn.forgot")}</p>
    </Door>
  );
}

function SignInForm() {
  const { t } = useTranslation();
  const { to, ended } = useSearch({ from: "/sign-in" });
  const enter = useEnter();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { save, busy, why, error } = useSave(() => post<Here>("/desk/sign-in", { email, password }), {
    done: (here) => void enter(here, to),
  });
  return (
    <Form
      label={t("signIn.title")}
      onSubmit={() => {
        save(undefined);
      }}
    >
      {ended && why === null && <Note>{t("signIn.ended")}</Note>}
      <Why text={isRefusal(error, 401) ? t("trouble.wrongSignIn") : why} />
      <TextInput
        label={t("field.email")}
        type="email"
        name="email"
        autoComplete="username"
        required
        withAsterisk={false}
        autoFocus
        value={email}
        onChange={(event) => {
          setEmail(event.currentTarget.value);
        }}
      />
      <PasswordInput
        label={t("field.password")}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        visibilityToggleButtonProps={{ "aria-label": t("field.showPassword") }}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
        }}
      />
      <Button type="submit" size="md" fullWidth loading={busy}>
        {t("signIn.submit")}
      </Button>
    </Form>
  );
}
