// The decisions about what came in: into which stage and whose it is, onto which card, or away.
import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ItemGroup } from "../api/inbox";
import { type Pipeline, stages } from "../api/inbox";
import { PickCard } from "../app/PickCard";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { useSave } from "../app/useSave";
import { Form, Why } from "../ui/Form";
import { Waiting } from "../ui/Page";
import { Deeds, Question, Window } from "../ui/Window";
import { accept, CHANGED, decline, link, useReread } from "./deeds";
import type { Deed } from "./UnsortedList";

interface WindowProps {
  group: ItemGroup;
  onClose: () => void;
}

export function UnsortedWindows({ deed, ...window }: WindowProps & { deed: Deed }) {
  if (deed === "accept") return <Accept {...window} />;
  return deed === "link" ? <Link {...window} /> : <Decline {...window} />;
}

const NEW = 1; // type of a stage: the unsorted
const CLOSED = new Set([142, 143]);

function Accept({ group, onClose }: WindowProps) {
  const { t } = useTranslation();
  const query = useQuery(stages);
  return (
    <Window
      title={t("unsorted.acceptTitle", { name: nameOf(group) })}
      text={useRepeats(group)}
      onClose={onClose}
    >
      {query.data ? (
        <AcceptForm group={group} pipelines={query.data} onClose={onClose} />
      ) : (
        <Waiting text={t("doing.loading")} tall={false} />
      )}
    </Window>
  );
}

function AcceptForm({ group, pipelines, onClose }: WindowProps & { pipelines: Pipeline[] }) {
  const { t } = useTranslation();
  const here = useHere();
  const { choices } = usePeople();
  const reread = useReread();
  const choicesOf = (pipeline: Pipeline) =>
    pipeline.statuses
      .filter((stage) => stage.type !== NEW && stage.takes && !CLOSED.has(stage.id))
      .map((stage) => ({ value: `${pipeline.id}.${stage.id}`, label: stage.name }));
  const data = pipelines.map((pipeline) => ({ group: pipeline.name, items: choicesOf(pipeline) }));
  const own = pipelines.find((pipeline) => pipeline.id === group.items[0]?.pipeline_id);
  const [place, setPlace] = useState((own && choicesOf(own)[0]?.value) ?? data[0]?.items[0]?.value ?? null);
  const [user, setUser] = useState(String(here.user.id));
  const { save, busy, why } = useSave(
    () => {
      const stage = place?.split(".")[1];
      return accept(group, {
        user_id: Number(user),
        ...(stage === undefined ? {} : { status_id: Number(stage) }),
      }).catch((error: unknown) => {
        reread();
        throw error;
      });
    },
    {
      changes: CHANGED,
      done: () => {
        tell(t("unsorted.accepted"));
        onClose();
      },
    },
  );
  return (
    <Form
      label={t("unsorted.acceptTitle", { name: nameOf(group) })}
      onSubmit={() => {
        save(undefined);
      }}
    >
      <Why text={why} />
      <Select label={t("unsorted.stage")} data={data} value={place} onChange={setPlace} />
      <Select
        label={t("unsorted.whose")}
        data={choices}
        searchable
        nothingFoundMessage={t("field.nothingFound")}
        value={user}
        onChange={(id) => {
          if (id !== null) setUser(id);
        }}
      />
      <Deeds>
        <Button variant="default" onClick={onClose}>
          {t("act.cancel")}
        </Button>
        <Button type="submit" loading={busy} data-autofocus autoFocus>
          {t("unsorted.accept")}
        </Button>
      </Deeds>
    </Form>
  );
}

const KINDS = ["leads", "customers"] as const;

function Link({ group, onClose }: WindowProps) {
  const { t } = useTranslation();
  const here = useHere();
  const reread = useReread();
  const { save, busy, why } = useSave(
    ({ kind, id }: { kind: (typeof KINDS)[number]; id: number }) =>
      link(group, kind, id, here.user.id).catch((error: unknown) => {
        reread();
        throw error;
      }),
    { changes: CHANGED, said: t("unsorted.linked"), done: onClose },
  );
  return (
    <PickCard
      title={t("unsorted.linkTitle", { name: nameOf(group) })}
      text={t("unsorted.linkText")}
      likely={[]}
      kinds={KINDS}
      busy={busy}
      trouble={<Why text={why} />}
      onPick={({ entity, id }) => {
        const kind = KINDS.find((each) => each === entity);
        if (kind) save({ kind, id });
      }}
      onClose={onClose}
    />
  );
}

function Decline({ group, onClose }: WindowProps) {
  const { t } = useTranslation();
  const here = useHere();
  const reread = useReread();
  const { save, busy, why } = useSave(
    () =>
      decline(group, here.user.id).catch((error: unknown) => {
        reread();
        throw error;
      }),
    { changes: CHANGED, said: t("unsorted.declined"), done: onClose },
  );
  return (
    <Question
      title={t("unsorted.declineTitle", { name: nameOf(group) })}
      text={t("unsorted.declineText", { count: group.items.length })}
      yes={t("unsorted.decline")}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}

const nameOf = (group: ItemGroup): string => group.phone ?? group.items[0]?.name ?? "";

function useRepeats(group: ItemGroup): string | undefined {
  const { t } = useTranslation();
  return group.items.length > 1 ? t("unsorted.together", { count: group.items.length }) : undefined;
}
