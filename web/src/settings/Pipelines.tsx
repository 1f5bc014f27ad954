// Pipelines and their stages: their names, order and colours, and what becomes of leads when a stage goes.
import { ActionIcon, Badge, Button, Menu, Popover, Switch, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Pipeline, pipelines, type Stage } from "../api/cards";
import { get, patch, post, remove } from "../api/client";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { useSave } from "../app/useSave";
import { Form, Why } from "../ui/Form";
import { NameHere } from "../ui/NameHere";
import { Page } from "../ui/Page";
import { put, Sortable } from "../ui/Sortable";
import { Deeds, Question, Window } from "../ui/Window";
import { COLORS, nextColor, sortAt } from "./colors";
import css from "./Pipelines.module.css";

const PATH = "/api/v4/leads/pipelines";
const CHANGES = ["pipelines", "board", "table"];
const UNSORTED = 1; // the type of a stage

interface Count {
  status_id: number;
  count: number;
  more: boolean;
}
type Open =
  | { what: "add" }
  | { what: "deletePipeline"; pipeline: Pipeline }
  | { what: "deleteStage"; stage: Stage; count: Count | undefined; to: string };

export function Pipelines() {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const query = useQuery(pipelines);
  const [open, setOpen] = useState<Open | null>(null);
  const [chosen, choose] = useState<number>();
  const add = () => {
    setOpen({ what: "add" });
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ n: add });
  const found = query.data ?? [];
  const shown = found.find((each) => each.id === chosen) ?? found.find((each) => each.is_main) ?? found[0];
  return (
    <Page
      title={t("title")}
      text={t("text")}
      actions={
        <Button leftSection={<Plus size={16} />} onClick={add}>
          {t("add")}
        </Button>
      }
    >
      <Shown query={query} waiting={t("loading")}>
        {(all) => (
          <>
            <List all={all} shown={shown?.id} onChoose={choose} onOpen={setOpen} />
            {shown && <Stages key={shown.id} pipeline={shown} onOpen={setOpen} />}
          </>
        )}
      </Shown>
      {open?.what === "add" && <AddWindow onClose={close} onMade={choose} />}
      {open?.what === "deletePipeline" && <DeletePipeline pipeline={open.pipeline} onClose={close} />}
      {open?.what === "deleteStage" && shown && <DeleteStage {...open} pipeline={shown} onClose={close} />}
    </Page>
  );
}

interface ListProps {
  all: Pipeline[];
  shown: number | undefined;
  onChoose: (id: number) => void;
  onOpen: (open: Open) => void;
}

function List({ all, shown, onChoose, onOpen }: ListProps) {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const { t: common } = useTranslation();
  const client = useQueryClient();
  const change = useSave(
    ({ id, ...given }: { id: number; name?: string; is_main?: boolean }) =>
      patch(`${PATH}/${String(id)}`, given),
    { changes: CHANGES, loud: true },
  );
  const order = useSave(
    async (next: Pipeline[]) => {
      const others = next.map((each, place) => ({ ...each, sort: place + 1 }));
      const before = new Map(all.map((each) => [each.id, each.sort]));
      client.setQueryData(pipelines.queryKey, others);
      try {
        for (const each of others)
          if (before.get(each.id) !== each.sort)
            await patch(`${PATH}/${String(each.id)}`, { sort: each.sort });
      } finally {
        await client.invalidateQueries({ queryKey: pipelines.queryKey });
      }
    },
    { changes: CHANGES, loud: true },
  );
  return (
    <div className={css.list}>
      <Sortable
        label={t("list")}
        items={all}
        idOf={(each) => each.id}
        handle={(each) => t("move", { name: each.name })}
        said={(each, place) => t("moved", { name: each.name, place })}
        onMove={(each, to) => {
          order.save(put(all, all.indexOf(each), to));
        }}
      >
        {(each) => (
          <div className={css.line}>
            <div className={css.name}>
              <NameHere
                name={each.name}
                label={t("rename", { name: each.name })}
                onSave={(name) => {
                  change.save({ id: each.id, name });
                }}
              />
            </div>
            {each.is_main && <Badge title={t("mainHint")}>{t("main")}</Badge>}
            <Button
              className={css.open ?? ""}
              size="compact-sm"
              variant={each.id === shown ? "light" : "subtle"}
              {...(each.id === shown ? {} : { color: "gray" })}
              aria-pressed={each.id === shown}
              title={t("open", { name: each.name })}
              onClick={() => {
                onChoose(each.id);
              }}
            >
              {t("stages", { count: each._embedded.statuses.filter((stage) => stage.is_editable).length })}
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label={`${common("act.more")}: ${each.name}`}>
                  <Ellipsis size={17} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {!each.is_main && (
                  <Menu.Item
                    onClick={() => {
                      change.save({ id: each.id, is_main: true });
                    }}
                  >
                    {t("makeMain")}
                  </Menu.Item>
                )}
                <Menu.Item
                  color="red"
                  disabled={all.length < 2}
                  onClick={() => {
                    onOpen({ what: "deletePipeline", pipeline: each });
                  }}
                >
                  {common("act.delete")}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        )}
      </Sortable>
    </div>
  );
}

function Stages({ pipeline, onOpen }: { pipeline: Pipeline; onOpen: (open: Open) => void }) {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const client = useQueryClient();
  const { number } = useTimes();
  const counts = useQuery({
    queryKey: ["board", "counts", pipeline.id, "settings"],
    queryFn: async () =>
      (await get<{ columns: Count[] }>(`/desk/board/${String(pipeline.id)}/counts`)).columns,
  }).data;
  const base = `${PATH}/${String(pipeline.id)}`;
  const all = pipeline._embedded.statuses;
  const own = all.filter((each) => each.is_editable);
  const change = useSave(
    ({ id, ...given }: { id: number; name?: string; color?: string }) =>
      patch(`${base}/statuses/${String(id)}`, given),
    { changes: CHANGES, loud: true },
  );
  const order = useSave(
    async ({ stage, to }: { stage: Stage; to: number }) => {
      const others = own.filter((each) => each !== stage);
      const sort = sortAt(others, to);
      client.setQueryData(pipelines.queryKey, (before) =>
        before?.map((each) =>
          each.id === pipeline.id
            ? { ...each, _embedded: { statuses: placed(all, put(own, own.indexOf(stage), to)) } }
            : each,
        ),
      );
      try {
        await patch(`${base}/statuses/${String(stage.id)}`, { sort });
      } finally {
        await client.invalidateQueries({ queryKey: pipelines.queryKey });
      }
    },
    { changes: CHANGES, loud: true },
  );
  const unsorted = useSave((on: boolean) => patch(base, { is_unsorted_on: on }), {
    changes: CHANGES,
    loud: true,
  });
  const countOf = (id: number) => counts?.find((each) => each.status_id === id);
  const countText = (id: number) => {
    const found = countOf(id);
    if (!found) return "";
    return t(found.more ? "leadsMore" : "leads", { count: found.count }).replace(
      String(found.count),
      number(found.count),
    );
  };
  const fixed = (stage: Stage) => (
    <li key={stage.id}>
      <span className={css.dot} style={{ background: stage.color }} aria-hidden="true" />
      <div className={css.name}>
        <NameHere
          name={stage.name}
          label={t("stage", { name: stage.name })}
          onSave={(name) => {
            change.save({ id: stage.id, name });
          }}
        />
      </div>
      <span className={css.dim}>{t("fixed")}</span>
      <span className={css.count}>{countText(stage.id)}</span>
    </li>
  );
  return (
    <section className={css.part} aria-label={t("open", { name: pipeline.name })}>
      <h2>{t("open", { name: pipeline.name })}</h2>
      <div className={css.switch}>
        <Switch
          label={t("unsorted")}
          description={t("unsortedHint")}
          checked={pipeline.is_unsorted_on}
          disabled={unsorted.busy}
          onChange={(event) => {
            unsorted.save(event.currentTarget.checked);
          }}
        />
      </div>
      <ul className={css.ends}>{all.filter((each) => each.type === UNSORTED).map(fixed)}</ul>
      <Sortable
        label={t("open", { name: pipeline.name })}
        items={own}
        idOf={(each) => each.id}
        handle={(each) => t("move", { name: each.name })}
        said={(each, place) => t("moved", { name: each.name, place })}
        onMove={(stage, to) => {
          order.save({ stage, to });
        }}
      >
        {(each) => (
          <div className={css.line}>
            <Color
              stage={each}
              onChoose={(color) => {
                change.save({ id: each.id, color });
              }}
            />
            <div className={css.name}>
              <NameHere
                name={each.name}
                label={t("stage", { name: each.name })}
                onSave={(name) => {
                  change.save({ id: each.id, name });
                }}
              />
            </div>
            <span className={css.count}>{countText(each.id)}</span>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("deleteStage", { name: each.name })}
              title={own.length < 2 ? t("lastStage") : t("deleteStage", { name: each.name })}
              disabled={own.length < 2}
              onClick={() => {
                const to = own.find((other) => other !== each)?.name ?? "";
                onOpen({ what: "deleteStage", stage: each, count: countOf(each.id), to });
              }}
            >
              <Trash2 size={15} />
            </ActionIcon>
          </div>
        )}
      </Sortable>
      <AddStage base={base} taken={own.map((each) => each.color)} />
      <ul className={css.ends}>
        {all.filter((each) => !each.is_editable && each.type !== UNSORTED).map(fixed)}
      </ul>
    </section>
  );
}

/** All stages, with those of the company's own in this order. */
function placed(all: readonly Stage[], own: readonly Stage[]): Stage[] {
  let place = 0;
  return all.map((each) => (each.is_editable ? (own[place++] ?? each) : each));
}

function Color({ stage, onChoose }: { stage: Stage; onChoose: (color: string) => void }) {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={css.color}
          style={{ background: stage.color }}
          aria-label={t("color", { name: stage.name })}
          title={t("color", { name: stage.name })}
          onClick={() => {
            setOpen(!isOpen);
          }}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css.colors} role="radiogroup" aria-label={t("color", { name: stage.name })}>
          {COLORS.map((color, index) => (
            <button
              key={color}
              type="button"
              role="radio"
              aria-checked={color === stage.color.toLowerCase()}
              aria-label={t("colorNumber", { number: index + 1 })}
              style={{ background: color }}
              onClick={() => {
                setOpen(false);
                onChoose(color);
              }}
            />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function AddStage({ base, taken }: { base: string; taken: string[] }) {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const [name, setName] = useState("");
  const { save, busy, why } = useSave(
    () => post(`${base}/statuses`, [{ name: name.trim(), color: nextColor(taken) }]),
    {
      changes: CHANGES,
      done: () => {
        setName("");
      },
    },
  );
  return (
    <Form
      label={t("addStage")}
      onSubmit={() => {
        if (name.trim() !== "") save(undefined);
      }}
    >
      <Why text={why} />
      <div className={css.add}>
        <TextInput
          aria-label={t("newStage")}
          placeholder={t("newStage")}
          maxLength={255}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Button type="submit" variant="default" loading={busy} disabled={name.trim() === ""}>
          {t("addStage")}
        </Button>
      </div>
    </Form>
  );
}

function AddWindow({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const { t: common } = useTranslation();
  const [name, setName] = useState("");
  const { save, busy, why } = useSave(
    () => post<{ _embedded: { pipelines: { id: number }[] } }>(PATH, [{ name: name.trim() }]),
    {
      changes: CHANGES,
      said: t("added"),
      done: (made) => {
        const id = made._embedded.pipelines[0]?.id;
        if (id !== undefined) onMade(id);
        onClose();
      },
    },
  );
  return (
    <Window title={t("add")} text={t("addText")} onClose={onClose}>
      <Form
        label={t("add")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          data-autofocus
          label={common("field.title")}
          required
          withAsterisk={false}
          maxLength={255}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {common("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {common("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

function DeletePipeline({ pipeline, onClose }: { pipeline: Pipeline; onClose: () => void }) {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const { t: common } = useTranslation();
  const { save, busy, why } = useSave(() => remove(`${PATH}/${String(pipeline.id)}`), {
    changes: CHANGES,
    said: common("said.deleted"),
    done: onClose,
  });
  return (
    <Question
      title={t("pipelineAsk", { name: pipeline.name })}
      text={t("pipelineText")}
      yes={common("act.delete")}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}

interface DeleteStageProps {
  pipeline: Pipeline;
  stage: Stage;
  count: Count | undefined;
  to: string;
  onClose: () => void;
}

function DeleteStage({ pipeline, stage, count, to, onClose }: DeleteStageProps) {
  const { t } = useTranslation("translation", { keyPrefix: "pipelines" });
  const { t: common } = useTranslation();
  const { save, busy, why } = useSave(
    () => remove(`${PATH}/${String(pipeline.id)}/statuses/${String(stage.id)}`),
    { changes: CHANGES, said: common("said.deleted"), done: onClose },
  );
  return (
    <Question
      title={t("stageAsk", { name: stage.name })}
      text={
        count === undefined
          ? t("stageUnknown", { to })
          : count.count === 0
            ? t("stageEmpty")
            : t("stageLeads", { count: count.count, to })
      }
      yes={common("act.delete")}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}
