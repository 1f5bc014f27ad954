// Oneself: name, language, look, password.
import { Button, SegmentedControl, Switch, TextInput, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post } from "../api/client";
import { type Here, type Language, me } from "../api/desk";
import { speak } from "../app/texts";
import { Password } from "../app/Password";
import { openByItself, opensByItself } from "../app/resultSetting";
import { useNotes, useSound } from "../app/ringing";
import { useHere } from "../app/useHere";
import { useSave } from "../app/useSave";
import { Form, Part, Why } from "../ui/Form";
import { Page } from "../ui/Page";
import css from "./Settings.module.css";

export function Me() {
  const { t } = useTranslation();
  return (
    <Page title={t("me.title")} text={t("me.text")}>
      <Profile />
      <Part title={t("me.look")}>
        <Look />
      </Part>
      <Part title={t("result.setting")} text={t("result.settingText")}>
        <ResultOpens />
      </Part>
      <Part title={t("incoming.me.title")}>
        <Ring />
      </Part>
      <Part title={t("me.passwordTitle")} text={t("me.passwordText")}>
        <ChangePassword />
      </Part>
    </Page>
  );
}

function Profile() {
  const { t } = useTranslation();
  const here = useHere();
  const client = useQueryClient();
  const [name, setName] = useState(here.person.name);
  const { save, busy, why } = useSave(() => patch<Here>("/desk/person", { name: name.trim() }), {
    said: t("said.saved"),
    done: (next) => {
      client.setQueryData(me.queryKey, next);
    },
  });
  return (
    <div className={css.narrow}>
      <Form
        label={t("me.title")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          label={t("field.yourName")}
          autoComplete="name"
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <TextInput
          label={t("field.email")}
          description={t("me.emailHint")}
          value={here.person.email}
          readOnly
        />
        <div>
          <Button type="submit" loading={busy} disabled={name.trim() === here.person.name}>
            {t("act.save")}
          </Button>
        </div>
      </Form>
    </div>
  );
}

function Look() {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const language = useSave((next: Language) => patch<Here>("/desk/person", { language: next }), {
    loud: true,
    done: (next) => {
      client.setQueryData(me.queryKey, next);
      void speak(next.language);
    },
  });
  return (
    <div className={css.stack}>
      <div className={css.fit}>
        <span className={css.fieldName}>{t("field.language")}</span>
        <SegmentedControl
          aria-label={t("field.language")}
          value={i18n.language}
          onChange={(next) => {
            language.save(next as Language);
          }}
          data={[
            { value: "ru", label: t("language.ru") },
            { value: "en", label: t("language.en") },
          ]}
        />
      </div>
      <div className={css.fit}>
        <span className={css.fieldName}>{t("nav.theme")}</span>
        <SegmentedControl
          aria-label={t("nav.theme")}
          value={colorScheme}
          onChange={(next) => {
            setColorScheme(next);
          }}
          data={[
            { value: "light", label: t("nav.light") },
            { value: "dark", label: t("nav.dark") },
            { value: "auto", label: t("nav.system") },
          ]}
        />
      </div>
    </div>
  );
}

function ResultOpens() {
  const { t } = useTranslation();
  const [opens, setOpens] = useState(opensByItself);
  return (
    <Switch
      label={t("result.settingOpen")}
      checked={opens}
      onChange={(event) => {
        openByItself(event.currentTarget.checked);
        setOpens(event.currentTarget.checked);
      }}
    />
  );
}

/** What this computer does besides the card when somebody calls. */
function Ring() {
  const { t } = useTranslation();
  const [sound, setSound] = useSound();
  const [notes, setNotes] = useNotes();
  return (
    <div className={css.stack}>
      <Switch
        label={t("incoming.me.sound")}
        checked={sound}
        onChange={(event) => {
          setSound(event.currentTarget.checked);
        }}
      />
      <Switch
        label={t("incoming.me.notes")}
        description={
          notes === "denied"
            ? t("incoming.me.denied")
            : notes === "impossible"
              ? t("incoming.me.impossible")
              : undefined
        }
        disabled={notes === "denied" || notes === "impossible"}
        checked={notes === "on"}
        onChange={(event) => {
          setNotes(event.currentTarget.checked);
        }}
      />
    </div>
  );
}

function ChangePassword() {
  const { t } = useTranslation();
  const [words, setWords] = useState({ password: "", new_password: "" });
  const { save, busy, why } = useSave(() => post("/desk/password", words), {
    changes: ["sessions"],
    said: t("me.passwordDone"),
    done: () => {
      setWords({ password: "", new_password: "" });
    },
  });
  return (
    <Form
      label={t("me.passwordTitle")}
      onSubmit={() => {
        save(undefined);
      }}
    >
      <Why text={why} />
      <Password
        label={t("field.presentPassword")}
        value={words.password}
        fresh={false}
        onChange={(password) => {
          setWords((before) => ({ ...before, password }));
        }}
      />
      <Password
        label={t("field.newPassword")}
        value={words.new_password}
        fresh
        onChange={(password) => {
          setWords((before) => ({ ...before, new_password: password }));
        }}
      />
      <div>
        <Button type="submit" variant="default" loading={busy}>
          {t("me.passwordSubmit")}
        </Button>
      </div>
    </Form>
  );
}
