// One line: its number, its hours, and who rings within them and outside.
import { Button, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post } from "../api/client";
import { useSave } from "../app/useSave";
import { Form, Pair, Why } from "../ui/Form";
import { Deeds, Window } from "../ui/Window";
import { type Draft, draftOf, Plan, stepOf } from "./Plan";
import type { Line, Routing, Step } from "./routing";

const NONE = "none";
const SHORTEST = 5; // seconds
const LONGEST = 120;

export function LineWindow({ line, found, onClose }: { line?: Line; found: Routing; onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState({
    number: line?.number ?? "",
    name: line?.name ?? "",
    pbx_id: line?.pbx_id ?? null,
    schedule_id: line?.schedule_id ?? null,
    fallback: line?.fallback ?? "",
    is_active: line?.is_active ?? true,
  });
  const [plan, setPlan] = useState(() => (line?.plan ?? [{ step: "owner", seconds: 20 }]).map(draftOf));
  const [closed, setClosed] = useState(() => (line?.closed_plan ?? []).map(draftOf));
  const [wrong, setWrong] = useState<string | null>(null);
  const change = (part: Partial<typeof draft>) => {
    setDraft((before) => ({ ...before, ...part }));
  };
  const { save, busy, why } = useSave(
    (given: object) => (line ? patch(`/desk/lines/${String(line.id)}`, given) : post("/desk/lines", given)),
    { changes: ["routing"], said: t("said.saved"), done: onClose },
  );
  /** The steps, or a sentence about the first that is not whole. */
  const read = (drafts: Draft[]): Step[] | string => {
    const steps: Step[] = [];
    for (const [index, each] of drafts.entries()) {
      const step = stepOf(each);
      const number = index + 1;
      if (step === null) return t("lines.unfinished", { number });
      if (step.step !== "queue" && !(step.seconds >= SHORTEST && step.seconds <= LONGEST)) {
        return t("lines.wrongSeconds", { number });
      }
      steps.push(step);
    }
    return steps;
  };
  const submit = () => {
    const [open, shut] = [read(plan), draft.schedule_id === null ? [] : read(closed)];
    const trouble = [open, shut].find((each) => typeof each === "string") ?? null;
    setWrong(trouble);
    if (trouble !== null) return;
    save({
      ...draft,
      number: draft.number.trim(),
      name: draft.name.trim(),
      fallback: draft.fallback.trim(),
      plan: open,
      closed_plan: shut,
    });
  };
  return (
    <Window
      title={line ? t("lines.edit", { number: line.number }) : t("lines.add")}
      onClose={onClose}
      size={680}
    >
      <Form label={t("lines.add")} onSubmit={submit}>
        <Why text={wrong ?? why} />
        <Pair>
          <TextInput
            data-autofocus
            label={t("lines.number")}
            description={t("lines.numberHint")}
            type="tel"
            required
            withAsterisk={false}
            value={draft.number}
            onChange={(event) => {
              change({ number: event.currentTarget.value });
            }}
          />
          <TextInput
            label={t("field.title")}
            description={t("field.optional")}
            value={draft.name}
            onChange={(event) => {
              change({ name: event.currentTarget.value });
            }}
          />
        </Pair>
        <Pair>
          <Select
            label={t("lines.hours")}
            data={[
              { value: NONE, label: t("lines.always") },
              ...found.hours.map((each) => ({ value: String(each.id), label: each.name })),
            ]}
            value={draft.schedule_id === null ? NONE : String(draft.schedule_id)}
            onChange={(id) => {
              change({ schedule_id: id === null || id === NONE ? null : Number(id) });
            }}
          />
          <Select
            label={t("lines.pbx")}
            data={[
              { value: NONE, label: t("lines.anyPbx") },
              ...found.pbxes.map((each) => ({ value: String(each.id), label: each.name })),
            ]}
            value={draft.pbx_id === null ? NONE : String(draft.pbx_id)}
            onChange={(id) => {
              change({ pbx_id: id === null || id === NONE ? null : Number(id) });
            }}
          />
        </Pair>
        <Plan label={t("lines.plan")} plan={plan} onChange={setPlan} />
        {draft.schedule_id !== null && (
          <Plan label={t("lines.closedPlan")} plan={closed} onChange={setClosed} />
        )}
        <TextInput
          label={t("lines.fallback")}
          description={t("lines.fallbackHint")}
          value={draft.fallback}
          onChange={(event) => {
            change({ fallback: event.currentTarget.value });
          }}
        />
        <Switch
          label={t("lines.isOn")}
          checked={draft.is_active}
          onChange={(event) => {
            change({ is_active: event.currentTarget.checked });
          }}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {line ? t("act.save") : t("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}
