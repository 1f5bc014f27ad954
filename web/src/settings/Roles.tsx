// Roles: each is a matrix of what one may do with whose records.
import { Button, NativeSelect, TextInput, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post, remove } from "../api/client";
import { type Level, type Rights, type Role, roles } from "../api/desk";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useSave } from "../app/useSave";
import { Form, Note, Why } from "../ui/Form";
import { Empty, Page } from "../ui/Page";
import { Deeds, Question, Window } from "../ui/Window";
import { type Action, ACTIONS, FIRST, levelOf, levels, type Thing, THINGS, withLevel } from "./matrix";
import css from "./Roles.module.css";

export function Roles() {
  const { t } = useTranslation();
  const query = useQuery(roles);
  const [chosen, choose] = useState<number | null>(null);
  const [adding, setAdding] = useState(false);
  const add = () => {
    setAdding(true);
  };
  useKeys({ n: add });
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={add}>
      {t("roles.add")}
    </Button>
  );
  return (
    <Page
      title={t("roles.title")}
      text={t("roles.text")}
      actions={query.data?.length === 0 ? undefined : button}
    >
      <Shown query={query} waiting={t("doing.roles")}>
        {(found) => {
          const role = found.find((each) => each.id === chosen) ?? found[0];
          if (!role) {
            return (
              <Empty
                icon={<ShieldCheck size={30} />}
                title={t("roles.empty")}
                text={t("roles.emptyText")}
                action={button}
              />
            );
          }
          return (
            <div className={css.roles}>
              <ul className={css.list} aria-label={t("roles.list")}>
                {found.map((each) => (
                  <li key={each.id}>
                    <UnstyledButton
                      className={css.one}
                      aria-current={each.id === role.id}
                      onClick={() => {
                        choose(each.id);
                      }}
                    >
                      <span className={css.name}>{each.name}</span>
                      <span className={css.count}>
                        {each.users === 0 ? t("roles.nobody") : t("roles.people", { count: each.users })}
                      </span>
                    </UnstyledButton>
                  </li>
                ))}
              </ul>
              <RoleForm key={role.id} role={role} />
            </div>
          );
        }}
      </Shown>
      {adding && (
        <NewRole
          onClose={(made) => {
            setAdding(false);
            if (made) choose(made.id);
          }}
        />
      )}
    </Page>
  );
}

function RoleForm({ role }: { role: Role }) {
  const { t } = useTranslation();
  const [name, setName] = useState(role.name);
  const [rights, setRights] = useState(role.rights);
  const [asking, ask] = useState(false);
  const changed = name.trim() !== role.name || JSON.stringify(rights) !== JSON.stringify(role.rights);
  const { save, busy, why, clear } = useSave(
    () => patch(`/desk/roles/${role.id}`, { name: name.trim(), rights }),
    {
      changes: ["roles", "me"],
      said: t("said.saved"),
    },
  );
  const gone = useSave(() => remove(`/desk/roles/${role.id}`), {
    changes: ["roles"],
    said: t("said.deleted"),
  });
  const statuses = rights.status_rights?.length ?? 0;
  return (
    <div className={css.form}>
      <Form
        label={role.name}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          className={css.nameField ?? ""}
          label={t("roles.name")}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Matrix rights={rights} onChange={setRights} />
        {statuses > 0 && <Note>{t("roles.statuses", { count: statuses })}</Note>}
        <div className={css.deeds}>
          <Button type="submit" disabled={!changed || name.trim() === ""} loading={busy}>
            {t("act.save")}
          </Button>
          {changed && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                setName(role.name);
                setRights(role.rights);
                clear();
              }}
            >
              {t("roles.discard")}
            </Button>
          )}
          <span className={css.space} />
          <Button
            variant="subtle"
            color="red"
            onClick={() => {
              ask(true);
            }}
          >
            {t("act.delete")}
          </Button>
        </div>
      </Form>
      {asking && (
        <Question
          title={t("roles.deleteAsk", { name: role.name })}
          text={role.users > 0 ? t("roles.inUse") : t("roles.deleteText")}
          yes={t("act.delete")}
          busy={gone.busy}
          trouble={<Why text={gone.why} />}
          onYes={() => {
            gone.save(undefined);
          }}
          onClose={() => {
            ask(false);
          }}
        />
      )}
    </div>
  );
}

const ACTION_TEXTS = {
  view: "view",
  edit: "edit",
  add: "addCards",
  delete: "delete",
  export: "export",
} as const;

function Matrix({ rights, onChange }: { rights: Rights; onChange: (rights: Rights) => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.frame}>
      <table className={css.matrix}>
        <thead>
          <tr>
            <th scope="col">{t("roles.what")}</th>
            {ACTIONS.map((action) => (
              <th key={action} scope="col">
                {t(`roles.${ACTION_TEXTS[action]}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {THINGS.map((thing) => (
            <tr key={thing}>
              <th scope="row">{t(`roles.${thing}`)}</th>
              {ACTIONS.map((action) => (
                <td key={action}>
                  <Cell rights={rights} thing={thing} action={action} onChange={onChange} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  rights: Rights;
  thing: Thing;
  action: Action;
  onChange: (rights: Rights) => void;
}

function Cell({ rights, thing, action, onChange }: CellProps) {
  const { t } = useTranslation();
  const possible = levels(thing, action);
  if (possible.length === 0) return <span className={css.none}>—</span>;
  const level = levelOf(rights, thing, action);
  const yesNo = possible.length === 2;
  return (
    <NativeSelect
      variant="unstyled"
      classNames={{ input: css.cell ?? "", root: css.cellRoot ?? "" }}
      data-level={level}
      aria-label={t("roles.cell", { what: t(`roles.${thing}`), action: t(`roles.${ACTION_TEXTS[action]}`) })}
      value={level}
      data={possible.map((each) => ({
        value: each,
        label: yesNo && each === "A" ? t("roles.yes") : t(`roles.${each}`),
      }))}
      onChange={(event) => {
        onChange(withLevel(rights, thing, action, event.currentTarget.value as Level));
      }}
    />
  );
}

function NewRole({ onClose }: { onClose: (made?: Role) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const { save, busy, why } = useSave(() => post<Role>("/desk/roles", { name: name.trim(), rights: FIRST }), {
    changes: ["roles"],
    done: onClose,
  });
  return (
    <Window
      title={t("roles.add")}
      onClose={() => {
        onClose();
      }}
      size={400}
    >
      <Form
        label={t("roles.add")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          data-autofocus
          label={t("roles.name")}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Deeds>
          <Button
            variant="default"
            onClick={() => {
              onClose();
            }}
          >
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}
