// Integrations: programs that come in by OAuth. Secret and code are shown once.
import { ActionIcon, Button, Menu, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Blocks, Ellipsis, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post, remove } from "../api/client";
import { type Integration, integrations } from "../api/desk";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { tell } from "../app/told";
import { useSave } from "../app/useSave";
import { Copy } from "../ui/Copy";
import { Form, Why } from "../ui/Form";
import { Empty, Page } from "../ui/Page";
import { State } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { Deeds, Question, Window } from "../ui/Window";
import css from "./Settings.module.css";

interface Made {
  integration: Integration;
  secret: string;
  code: string;
  code_expires_at: number;
}
type Open =
  | { what: "add" }
  | { what: "edit" | "off" | "secret" | "delete"; one: Integration }
  | { what: "made"; made: Made }
  | { what: "newSecret"; one: Integration; secret: string }
  | { what: "newCode"; one: Integration; code: string; until: number };

export function Integrations() {
  const { t } = useTranslation();
  const query = useQuery(integrations);
  const [open, setOpen] = useState<Open | null>(null);
  const add = () => {
    setOpen({ what: "add" });
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ n: add });
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={add}>
      {t("integrations.add")}
    </Button>
  );
  return (
    <Page
      title={t("integrations.title")}
      text={t("integrations.text")}
      actions={query.data?.length === 0 ? undefined : button}
    >
      <Shown query={query} waiting={t("doing.integrations")}>
        {(found) =>
          found.length === 0 ? (
            <Empty
              icon={<Blocks size={30} />}
              title={t("integrations.empty")}
              text={t("integrations.emptyText")}
              action={button}
            />
          ) : (
            <Table
              label={t("integrations.title")}
              head={[
                t("field.title"),
                t("integrations.consents"),
                t("integrations.state"),
                { text: t("act.more"), hidden: true, width: 60 },
              ]}
            >
              {found.map((one) => (
                <Row key={one.id} one={one} onOpen={setOpen} />
              ))}
            </Table>
          )
        }
      </Shown>
      {open !== null && <Opened open={open} onClose={close} onOpen={setOpen} />}
    </Page>
  );
}

function Row({ one, onOpen }: { one: Integration; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const on = useSave(() => patch(`/desk/integrations/${one.id}`, { is_active: true }), {
    changes: ["integrations"],
    said: t("said.saved"),
    loud: true,
  });
  const code = useSave(
    () => post<{ code: string; code_expires_at: number }>(`/desk/integrations/${one.id}/code`),
    {
      loud: true,
      done: (made) => {
        onOpen({ what: "newCode", one, code: made.code, until: made.code_expires_at });
      },
    },
  );
  const item = (what: "edit" | "off" | "secret" | "delete") => () => {
    onOpen({ what, one });
  };
  return (
    <tr className={one.is_active ? "" : css.off}>
      <td>
        <Two first={one.name} second={<span className={css.mono}>{one.id}</span>} />
      </td>
      <td>
        {one.grants === 0 ? t("integrations.noGrants") : t("integrations.grants", { count: one.grants })}
      </td>
      <td>
        <State tone={one.is_active ? "good" : "quiet"}>
          {one.is_active ? t("integrations.on") : t("integrations.off")}
        </State>
      </td>
      <td className={css.right}>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t("act.more")}: ${one.name}`}>
              <Ellipsis size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={item("edit")}>{t("act.edit")}</Menu.Item>
            {one.is_active && (
              <>
                <Menu.Item
                  onClick={() => {
                    code.save(undefined);
                  }}
                >
                  {t("integrations.newCode")}
                </Menu.Item>
                <Menu.Item onClick={item("secret")}>{t("integrations.newSecret")}</Menu.Item>
              </>
            )}
            <Menu.Divider />
            {one.is_active ? (
              <Menu.Item color="red" onClick={item("off")}>
                {t("integrations.switchOff")}
              </Menu.Item>
            ) : (
              <Menu.Item
                onClick={() => {
                  on.save(undefined);
                }}
              >
                {t("integrations.switchOn")}
              </Menu.Item>
            )}
            <Menu.Item color="red" onClick={item("delete")}>
              {t("act.delete")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  );
}

function Opened({
  open,
  onClose,
  onOpen,
}: {
  open: Open;
  onClose: () => void;
  onOpen: (open: Open) => void;
}) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  switch (open.what) {
    case "add":
      return <Edit onClose={onClose} onOpen={onOpen} />;
    case "edit":
      return <Edit one={open.one} onClose={onClose} onOpen={onOpen} />;
    case "off":
    case "secret":
    case "delete":
      return <Asked what={open.what} one={open.one} onClose={onClose} onOpen={onOpen} />;
    case "made": {
      const { integration: one, secret, code, code_expires_at: until } = open.made;
      return (
        <Window
          title={t("integrations.readyTitle", { name: one.name })}
          text={t("integrations.readyText")}
          onClose={onClose}
          size={600}
          firm
        >
          <div className={css.stack}>
            <Labelled name={t("integrations.address")}>
              <Copy text={location.origin} label={t("integrations.address")} />
            </Labelled>
            <Labelled name={t("integrations.clientId")}>
              <Copy text={one.id} label={t("integrations.clientId")} />
            </Labelled>
            <Labelled name={t("integrations.secret")}>
              <Copy text={secret} label={t("integrations.secret")} secret />
            </Labelled>
            <Labelled
              name={t("integrations.code")}
              hint={t("integrations.codeUntil", { until: moment(until) })}
            >
              <Copy text={code} label={t("integrations.code")} secret />
            </Labelled>
          </div>
          <Deeds>
            <Button variant="default" onClick={onClose}>
              {t("act.done")}
            </Button>
          </Deeds>
        </Window>
      );
    }
    case "newSecret":
      return (
        <Once
          title={t("integrations.secretTitle", { name: open.one.name })}
          text={open.secret}
          onClose={onClose}
        />
      );
    case "newCode":
      return (
        <Once
          title={t("integrations.codeTitle", { name: open.one.name })}
          text={open.code}
          hint={t("integrations.codeUntil", { until: moment(open.until) })}
          onClose={onClose}
        />
      );
  }
}

function Labelled({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <span className={css.fieldName}>{name}</span>
      {children}
      {hint !== undefined && <span className={css.fieldHint}>{hint}</span>}
    </div>
  );
}

function Once({
  title,
  text,
  hint,
  onClose,
}: {
  title: string;
  text: string;
  hint?: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Window title={title} text={t("integrations.onceText")} onClose={onClose} size={560} firm>
      <Copy text={text} label={title} secret />
      {hint !== undefined && <p className={css.fieldHint}>{hint}</p>}
      <Deeds>
        <Button variant="default" onClick={onClose}>
          {t("act.done")}
        </Button>
      </Deeds>
    </Window>
  );
}

interface EditProps {
  one?: Integration;
  onClose: () => void;
  onOpen: (open: Open) => void;
}

function Edit({ one, onClose, onOpen }: EditProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState({
    name: one?.name ?? "",
    redirect_uri: one?.redirect_uri ?? "",
    uninstall_url: one?.uninstall_url ?? "",
  });
  const { save, busy, why } = useSave(
    async () => {
      if (one) {
        await patch(`/desk/integrations/${one.id}`, draft);
        return null;
      }
      return post<Made>("/desk/integrations", draft);
    },
    {
      changes: ["integrations"],
      done: (made) => {
        if (made) onOpen({ what: "made", made });
        else {
          tell(t("said.saved"));
          onClose();
        }
      },
    },
  );
  const text = (name: keyof typeof draft) => ({
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setDraft((before) => ({ ...before, [name]: value }));
    },
  });
  const title = one ? t("integrations.editTitle") : t("integrations.createTitle");
  return (
    <Window title={title} onClose={onClose}>
      <Form
        label={title}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput data-autofocus label={t("field.title")} required withAsterisk={false} {...text("name")} />
        <TextInput
          label={t("integrations.redirect")}
          description={t("integrations.redirectHint")}
          type="url"
          placeholder="https://pbx.example/oauth"
          {...text("redirect_uri")}
        />
        <TextInput
          label={t("integrations.uninstall")}
          type="url"
          placeholder={t("field.optional")}
          {...text("uninstall_url")}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {one ? t("act.save") : t("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

interface AskedProps {
  what: "off" | "secret" | "delete";
  one: Integration;
  onClose: () => void;
  onOpen: (open: Open) => void;
}

function Asked({ what, one, onClose, onOpen }: AskedProps) {
  const { t } = useTranslation();
  const path = `/desk/integrations/${one.id}`;
  const { save, busy, why } = useSave(
    async () => {
      if (what === "off") await patch(path, { is_active: false });
      else if (what === "delete") await remove(path);
      else return (await post<{ secret: string }>(`${path}/secret`)).secret;
      return null;
    },
    {
      changes: ["integrations"],
      done: (secret) => {
        if (secret === null) {
          tell(what === "delete" ? t("said.deleted") : t("said.saved"));
          onClose();
        } else onOpen({ what: "newSecret", one, secret });
      },
    },
  );
  const name = one.name;
  const words = {
    off: [t("integrations.offAsk", { name }), t("integrations.offText"), t("integrations.switchOff")],
    secret: [
      t("integrations.newSecretAsk", { name }),
      t("integrations.newSecretText"),
      t("integrations.newSecret"),
    ],
    delete: [t("integrations.deleteAsk", { name }), t("integrations.deleteText"), t("act.delete")],
  }[what];
  const [title = "", text = "", yes = ""] = words;
  return (
    <Question
      title={title}
      text={text}
      yes={yes}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}
