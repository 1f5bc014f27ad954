// The very first form of an installation: its company and the first administrator.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isRefusal, post } from "../api/client";
import type { Here } from "../api/desk";
import { ownTimeZone } from "../app/places";
import { PlaceFields } from "../app/PlaceFields";
import { currentLanguage } from "../app/texts";
import { useSave } from "../app/useSave";
import { Form, Pair, Why } from "../ui/Form";
import { Door } from "../app/Door";
import css from "../app/Door.module.css";
import { Password } from "../app/Password";
import { useEnter } from "./useEnter";

export function FirstRun({ token }: { token: string }) {
  const { t } = useTranslation();
  const enter = useEnter();
  const [words, setWords] = useState({ company: "", name: "", email: "", password: "" });
  const [place, setPlace] = useState(() => ({
    country: "RU",
    language: currentLanguage(),
    time_zone: ownTimeZone(),
    currency: "RUB",
  }));
  const { save, busy, why, error } = useSave(() => post<Here>("/desk/link", { ...words, ...place, token }), {
    done: (here) => void enter(here),
  });
  const text = (name: "company" | "name" | "email") => ({
    required: true,
    withAsterisk: false,
    value: words[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setWords((before) => ({ ...before, [name]: value }));
    },
  });
  return (
    <Door title={t("link.firstRunTitle")} text={t("link.firstRunText")} wide>
      <Form
        label={t("link.firstRunTitle")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={isRefusal(error, 404) ? t("link.goneTitle") : why} />
        <TextInput label={t("field.company")} autoComplete="organization" autoFocus {...text("company")} />
        <PlaceFields
          place={place}
          onChange={(change) => {
            setPlace((before) => ({ ...before, ...change }));
          }}
        />
        <h2 className={css.legend}>{t("link.firstRunYou")}</h2>
        <Pair>
          <TextInput label={t("field.yourName")} autoComplete="name" {...text("name")} />
          <TextInput label={t("field.email")} type="email" autoComplete="username" {...text("email")} />
        </Pair>
        <Password
          label={t("field.password")}
          fresh
          value={words.password}
          onChange={(password) => {
            setWords((before) => ({ ...before, password }));
          }}
        />
        <Button type="submit" size="md" fullWidth loading={busy}>
          {t("link.firstRunSubmit")}
        </Button>
      </Form>
    </Door>
  );
}
