// A one-time link: asks what it is, shows the form of its kind, and lets its person in.
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isRefusal, post } from "../api/client";
import { type Here, type LinkAsked, linkOf } from "../api/desk";
import { Failed } from "../app/Shown";
import { useSave } from "../app/useSave";
import { Form, Note, Why } from "../ui/Form";
import { Waiting } from "../ui/Page";
import { Door } from "../app/Door";
import { FirstRun } from "./FirstRun";
import { Password } from "../app/Password";
import { useEnter } from "./useEnter";

export function OneTimeLink() {
  const { t } = useTranslation();
  const { hash: token } = useLocation();
  const query = useQuery(linkOf(token));
  if (query.data)
    return query.data.kind === "first_run" ? (
      <FirstRun token={token} />
    ) : (
      <LinkForm token={token} asked={query.data} />
    );
  if (isRefusal(query.error, 404)) return <Gone />;
  return (
    <Door title={t("brand")}>
      {query.isError ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Waiting text={t("doing.link")} tall={false} />
      )}
    </Door>
  );
}

function Gone() {
  const { t } = useTranslation();
  return (
    <Door title={t("link.goneTitle")} text={t("link.goneText")}>
      <div>
        <Note>{t("link.goneWhat")}</Note>
      </div>
      <div>
        <Button component={Link} to="/sign-in" variant="default" fullWidth>
          {t("link.toSignIn")}
        </Button>
      </div>
    </Door>
  );
}

function LinkForm({ token, asked }: { token: string; asked: LinkAsked }) {
  const { t } = useTranslation();
  const enter = useEnter();
  const [name, setName] = useState(asked.name ?? "");
  const [password, setPassword] = useState("");
  const isNew = asked.kind === "invite" && !asked.has_password;
  const given = asked.kind === "sign_in" ? {} : isNew ? { name: name.trim(), password } : { password };
  const { save, busy, why, error } = useSave(() => post<Here>("/desk/link", { ...given, token }), {
    done: (here) => void enter(here),
  });
  if (isRefusal(error, 404)) return <Gone />;
  const email = asked.email ?? "";
  const words = {
    sign_in: [
      t("link.signInTitle", { name: asked.name ?? email }),
      t("link.signInText", { email }),
      t("link.signInSubmit"),
    ],
    invite: [
      t("link.inviteTitle", { company: asked.company ?? t("brand") }),
      asked.has_password ? t("link.inviteKnownText", { email }) : t("link.inviteText", { email }),
      t("link.inviteSubmit"),
    ],
    reset: [t("link.resetTitle"), t("link.resetText", { email }), t("link.resetSubmit")],
    first_run: ["", "", ""],
  }[asked.kind];
  const [title = "", text = "", submit = ""] = words;
  return (
    <Door title={title} text={text}>
      <Form
        label={title}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        {isNew && (
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
        )}
        {asked.kind !== "sign_in" && (
          <>
            {/* Password stores want to know whose password it is. */}
            <input type="hidden" name="username" autoComplete="username" value={email} />
            <Password
              label={asked.kind === "reset" ? t("field.newPassword") : t("field.password")}
              fresh={asked.kind === "reset" || isNew}
              focus={asked.kind === "reset" || !isNew}
              value={password}
              onChange={setPassword}
            />
          </>
        )}
        <Button type="submit" size="md" fullWidth loading={busy} autoFocus={asked.kind === "sign_in"}>
          {submit}
        </Button>
      </Form>
    </Door>
  );
}
