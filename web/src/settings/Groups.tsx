// Groups: the teams whose people see each other's customers.
import { ActionIcon, Badge, Button, Menu, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post, remove } from "../api/client";
import { type Group, groups } from "../api/desk";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useSave } from "../app/useSave";
import { Form, Note, Why } from "../ui/Form";
import { Page } from "../ui/Page";
import { Table, Two } from "../ui/Table";
import { Deeds, Question, Window } from "../ui/Window";
import css from "./Settings.module.css";

type Open = { what: "add" } | { what: "rename"; group: Group } | { what: "delete"; group: Group };

export function Groups() {
  const { t } = useTranslation();
  const query = useQuery(groups);
  const [open, setOpen] = useState<Open | null>(null);
  const add = () => {
    setOpen({ what: "add" });
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ n: add });
  return (
    <Page
      title={t("groups.title")}
      text={t("groups.text")}
      actions={
        <Button leftSection={<Plus size={16} />} onClick={add}>
          {t("groups.add")}
        </Button>
      }
    >
      <Shown query={query} waiting={t("doing.groups")}>
        {(found) => (
          <div className={css.stack}>
            <Table
              label={t("groups.title")}
              head={[t("field.title"), t("groups.count"), { text: t("act.more"), hidden: true, width: 60 }]}
            >
              {found.map((group) => (
                <tr key={group.id}>
                  <td>
                    <Two
                      first={
                        <>
                          {group.name === "" ? t("groups.unnamed") : group.name}
                          {group.id === 0 && group.name !== "" && (
                            <Badge color="gray">{t("groups.default")}</Badge>
                          )}
                        </>
                      }
                    />
                  </td>
                  <td>{t("groups.people", { count: group.users })}</td>
                  <td className={css.right}>
                    <Menu position="bottom-end">
                      <Menu.Target>
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          aria-label={`${t("act.more")}: ${group.name}`}
                        >
                          <Ellipsis size={17} />
                        </ActionIcon>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item
                          onClick={() => {
                            setOpen({ what: "rename", group });
                          }}
                        >
                          {t("groups.rename")}
                        </Menu.Item>
                        {group.id !== 0 && (
                          <Menu.Item
                            color="red"
                            onClick={() => {
                              setOpen({ what: "delete", group });
                            }}
                          >
                            {t("act.delete")}
                          </Menu.Item>
                        )}
                      </Menu.Dropdown>
                    </Menu>
                  </td>
                </tr>
              ))}
            </Table>
            {found.length === 1 && <Note>{t("groups.onlyDefault")}</Note>}
          </div>
        )}
      </Shown>
      {open?.what === "add" && <GroupWindow onClose={close} />}
      {open?.what === "rename" && <GroupWindow group={open.group} onClose={close} />}
      {open?.what === "delete" && <Delete group={open.group} onClose={close} />}
    </Page>
  );
}

function GroupWindow({ group, onClose }: { group?: Group; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(group?.name ?? "");
  const { save, busy, why } = useSave(
    () => {
      const given = { name: name.trim() };
      return group ? patch(`/desk/groups/${group.id}`, given) : post("/desk/groups", given);
    },
    { changes: ["groups"], said: t("said.saved"), done: onClose },
  );
  return (
    <Window title={group ? t("groups.rename") : t("groups.add")} onClose={onClose} size={400}>
      <Form
        label={t("groups.add")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          data-autofocus
          label={t("groups.name")}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {group ? t("act.save") : t("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

function Delete({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useTranslation();
  const { save, busy, why } = useSave(() => remove(`/desk/groups/${group.id}`), {
    changes: ["groups", "users"],
    said: t("said.deleted"),
    done: onClose,
  });
  return (
    <Question
      title={t("groups.deleteAsk", { name: group.name })}
      text={t("groups.deleteText")}
      yes={t("act.delete")}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}
