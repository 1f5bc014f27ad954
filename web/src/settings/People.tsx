// People: invite, change, give a link, switch off and on.
import { ActionIcon, Badge, Button, Menu, Select, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, UserRoundPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post } from "../api/client";
import { type Group, groups, type OneTimeLink, type Role, roles, type User, users } from "../api/desk";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { useSave } from "../app/useSave";
import { Copy } from "../ui/Copy";
import { Form, Pair, Why } from "../ui/Form";
import { Initials } from "../ui/Initials";
import { Page } from "../ui/Page";
import { State } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { Deeds, Question, Window } from "../ui/Window";
import css from "./Settings.module.css";

type Open =
  | { what: "invite" }
  | { what: "edit"; user: User }
  | { what: "off"; user: User }
  | { what: "link"; name: string; kind: "invite" | "reset"; link: string; until: number | null };

export function People() {
  const { t } = useTranslation();
  const query = useQuery(users);
  const [open, setOpen] = useState<Open | null>(null);
  const invite = () => {
    setOpen({ what: "invite" });
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ n: invite });
  return (
    <Page
      title={t("people.title")}
      text={t("people.text")}
      actions={
        <Button leftSection={<UserRoundPlus size={16} />} onClick={invite}>
          {t("people.invite")}
        </Button>
      }
    >
      <Shown query={query} waiting={t("doing.people")}>
        {(found) => (
          <Table
            label={t("people.title")}
            head={[
              t("people.person"),
              t("people.access"),
              t("people.group"),
              t("people.state"),
              { text: t("act.more"), hidden: true, width: 60 },
            ]}
          >
            {[...found].sort(activeFirst).map((user) => (
              <Row key={user.id} user={user} onOpen={setOpen} />
            ))}
          </Table>
        )}
      </Shown>
      {open?.what === "invite" && <PersonWindow onClose={close} onOpen={setOpen} />}
      {open?.what === "edit" && <PersonWindow user={open.user} onClose={close} onOpen={setOpen} />}
      {open?.what === "off" && <SwitchOff user={open.user} onClose={close} />}
      {open?.what === "link" && <LinkWindow {...open} onClose={close} />}
    </Page>
  );
}

const activeFirst = (a: User, b: User): number =>
  Number(b.is_active) - Number(a.is_active) || a.name.localeCompare(b.name);

function Row({ user, onOpen }: { user: User; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const here = useHere();
  const role = useQuery(roles).data?.find((each) => each.id === user.role_id);
  const group = useQuery(groups).data?.find((each) => each.id === (user.group_id ?? 0));
  const activate = useSave(() => post(`/desk/users/${user.id}/activate`), {
    changes: ["users"],
    said: t("people.activated", { name: user.name }),
    loud: true,
  });
  const link = useSave(() => post<OneTimeLink>(`/desk/users/${user.id}/link`), {
    loud: true,
    done: (made) => {
      onOpen({ what: "link", name: user.name, kind: made.kind, link: made.link, until: made.expires_at });
    },
  });
  const edit = () => {
    onOpen({ what: "edit", user });
  };
  const access = user.is_admin
    ? t("people.admin")
    : (role?.name ?? (user.role_id === null ? t("people.noRole") : ""));
  return (
    <tr className={user.is_active ? "" : css.off}>
      <td>
        <div className={css.inRow}>
          <Initials name={user.name} size={30} />
          <Two
            first={
              <>
                {user.name}
                {user.id === here.user.id && <Badge>{t("people.you")}</Badge>}
              </>
            }
            second={user.email}
          />
        </div>
      </td>
      <td>{access}</td>
      <td>{groupName(group, t("groups.unnamed"))}</td>
      <td>
        {!user.is_active ? (
          <State tone="quiet">{t("people.off")}</State>
        ) : user.joined ? (
          <State tone="good">{t("people.active")}</State>
        ) : (
          <State tone="warn">{t("people.invited")}</State>
        )}
      </td>
      <td className={css.right}>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t("act.more")}: ${user.name}`}>
              <Ellipsis size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={edit}>{t("act.edit")}</Menu.Item>
            {user.is_active && (
              <Menu.Item
                onClick={() => {
                  link.save(undefined);
                }}
              >
                {user.joined ? t("people.resetLink") : t("people.inviteLink")}
              </Menu.Item>
            )}
            {user.id !== here.user.id && (
              <>
                <Menu.Divider />
                {user.is_active ? (
                  <Menu.Item
                    color="red"
                    onClick={() => {
                      onOpen({ what: "off", user });
                    }}
                  >
                    {t("people.deactivate")}
                  </Menu.Item>
                ) : (
                  <Menu.Item
                    onClick={() => {
                      activate.save(undefined);
                    }}
                  >
                    {t("people.activate")}
                  </Menu.Item>
                )}
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  );
}

const groupName = (group: Group | undefined, unnamed: string): string =>
  group === undefined ? "" : group.name === "" ? unnamed : group.name;

interface PersonWindowProps {
  user?: User;
  onClose: () => void;
  onOpen: (open: Open) => void;
}

const NO_ROLE = "none";

function PersonWindow({ user, onClose, onOpen }: PersonWindowProps) {
  const { t } = useTranslation();
  const here = useHere();
  const roleList: Role[] = useQuery(roles).data ?? [];
  const groupList: Group[] = useQuery(groups).data ?? [];
  const [draft, setDraft] = useState({
    name: user?.name ?? "",
    email: user?.email ?? "",
    lang: user?.lang ?? here.account.language,
    phone_number: user?.phone_number ?? "",
    group_id: user?.group_id ?? 0,
    role_id: user?.role_id ?? null,
    is_admin: user?.is_admin ?? false,
  });
  const change = (part: Partial<typeof draft>) => {
    setDraft((before) => ({ ...before, ...part }));
  };
  const { save, busy, why } = useSave(
    async () => {
      const { email, ...rest } = draft;
      const given = {
        ...rest,
        name: draft.name.trim(),
        phone_number: draft.phone_number.trim() === "" ? null : draft.phone_number.trim(),
        group_id: draft.group_id === 0 ? null : draft.group_id,
      };
      if (user) {
        await patch(`/desk/users/${user.id}`, given);
        return null;
      }
      return post<{ user: User; link: string }>("/desk/users", { ...given, email: email.trim() });
    },
    {
      changes: ["users", "groups", "roles", "me"],
      done: (made) => {
        if (made)
          onOpen({ what: "link", name: made.user.name, kind: "invite", link: made.link, until: null });
        else {
          tell(t("said.saved"));
          onClose();
        }
      },
    },
  );
  return (
    <Window
      title={user ? t("people.editTitle", { name: user.name }) : t("people.inviteTitle")}
      onClose={onClose}
    >
      <Form
        label={user ? user.name : t("people.inviteTitle")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          data-autofocus
          label={t("field.name")}
          required
          withAsterisk={false}
          value={draft.name}
          onChange={(event) => {
            change({ name: event.currentTarget.value });
          }}
        />
        <TextInput
          label={t("field.email")}
          type="email"
          required
          withAsterisk={false}
          readOnly={user !== undefined}
          value={draft.email}
          onChange={(event) => {
            change({ email: event.currentTarget.value });
          }}
        />
        <Pair>
          <TextInput
            label={t("field.phone")}
            type="tel"
            placeholder={t("field.optional")}
            value={draft.phone_number}
            onChange={(event) => {
              change({ phone_number: event.currentTarget.value });
            }}
          />
          <Select
            label={t("field.language")}
            data={[
              { value: "ru", label: t("language.ru") },
              { value: "en", label: t("language.en") },
            ]}
            value={draft.lang}
            onChange={(lang) => {
              if (lang !== null) change({ lang: lang });
            }}
          />
        </Pair>
        <Pair>
          <Select
            label={t("field.group")}
            data={groupList.map((each) => ({
              value: String(each.id),
              label: groupName(each, t("groups.unnamed")),
            }))}
            value={String(draft.group_id)}
            onChange={(id) => {
              if (id !== null) change({ group_id: Number(id) });
            }}
          />
          <Select
            label={t("field.role")}
            disabled={draft.is_admin}
            data={[
              { value: NO_ROLE, label: t("people.noRole") },
              ...roleList.map((each) => ({ value: String(each.id), label: each.name })),
            ]}
            value={draft.role_id === null ? NO_ROLE : String(draft.role_id)}
            onChange={(id) => {
              if (id !== null) change({ role_id: id === NO_ROLE ? null : Number(id) });
            }}
          />
        </Pair>
        {!draft.is_admin && draft.role_id === null && <p className={css.fieldHint}>{t("people.roleHint")}</p>}
        <Switch
          label={t("people.admin")}
          description={t("people.adminHint")}
          checked={draft.is_admin}
          onChange={(event) => {
            change({ is_admin: event.currentTarget.checked });
          }}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {user ? t("act.save") : t("people.inviteSubmit")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

function SwitchOff({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { save, busy, why } = useSave(() => post(`/desk/users/${user.id}/deactivate`), {
    changes: ["users"],
    said: t("people.deactivated", { name: user.name }),
    done: onClose,
  });
  return (
    <Question
      title={t("people.deactivateAsk", { name: user.name })}
      text={t("people.deactivateText")}
      yes={t("people.deactivate")}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}

interface LinkWindowProps {
  name: string;
  kind: "invite" | "reset";
  link: string;
  until: number | null;
  onClose: () => void;
}

function LinkWindow({ name, kind, link, until, onClose }: LinkWindowProps) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const title = kind === "invite" ? t("people.linkTitle", { name }) : t("people.resetTitle", { name });
  const text =
    until === null
      ? t("people.linkTextPlain")
      : kind === "invite"
        ? t("people.linkText", { until: moment(until) })
        : t("people.resetText", { until: moment(until) });
  return (
    <Window title={title} text={text} onClose={onClose} size={560} firm>
      <Copy text={link} label={title} secret />
      <p className={css.fieldHint}>{t("people.shown")}</p>
      <Deeds>
        <Button variant="default" onClick={onClose}>
          {t("act.done")}
        </Button>
      </Deeds>
    </Window>
  );
}
