// Who rings, step by step: the owner, people, a group, a queue of the PBX, each for so many seconds.
import "@mantine/core/styles/Pill.css";
import "@mantine/core/styles/PillsInput.css";
import { ActionIcon, Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { colleagues, groups } from "../api/desk";
import type { Step } from "./routing";
import css from "./Lines.module.css";

const MOST_STEPS = 10;
const USUAL_SECONDS = 20;

/** A step as it stands in the form: what is not chosen yet is empty. */
export interface Draft {
  key: number;
  step: Step["step"];
  ids: string[];
  group: string;
  name: string;
  seconds: string;
}

let keys = 0;

export function draftOf(step: Step): Draft {
  return {
    key: (keys += 1),
    step: step.step,
    ids: step.step === "users" ? step.ids.map(String) : [],
    group: step.step === "group" ? String(step.id) : "",
    name: step.step === "queue" ? step.name : "",
    seconds: String(step.step === "queue" ? USUAL_SECONDS : step.seconds),
  };
}

/** null: it does not say who rings. */
export function stepOf(draft: Draft): Step | null {
  const seconds = Number(draft.seconds);
  switch (draft.step) {
    case "owner":
      return { step: "owner", seconds };
    case "users":
      return draft.ids.length === 0 ? null : { step: "users", ids: draft.ids.map(Number), seconds };
    case "group":
      return draft.group === "" ? null : { step: "group", id: Number(draft.group), seconds };
    case "queue":
      return draft.name.trim() === "" ? null : { step: "queue", name: draft.name.trim() };
  }
}

interface PlanProps {
  label: string;
  plan: Draft[];
  onChange: (plan: Draft[]) => void;
}

export function Plan({ label, plan, onChange }: PlanProps) {
  const { t } = useTranslation();
  const people = useQuery(colleagues).data ?? [];
  const teams = useQuery(groups).data ?? [];
  const put = (key: number, part: Partial<Draft>) => {
    onChange(plan.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };
  const move = (from: number, to: number) => {
    const next = [...plan];
    const [step] = next.splice(from, 1);
    if (step) next.splice(to, 0, step);
    onChange(next);
  };
  return (
    <fieldset className={css.steps}>
      <legend>{label}</legend>
      {plan.length === 0 && <p className={css.hint}>{t("lines.nobody")}</p>}
      {plan.map((draft, index) => {
        const number = index + 1;
        return (
          <div key={draft.key} className={css.step}>
            <Select
              aria-label={t("lines.step", { number })}
              data={(["owner", "users", "group", "queue"] as const).map((value) => ({
                value,
                label: t(`lines.${value}`),
              }))}
              value={draft.step}
              onChange={(step) => {
                if (step !== null) put(draft.key, { step: step });
              }}
            />
            {draft.step === "users" ? (
              <MultiSelect
                aria-label={t("lines.who", { number })}
                searchable
                {...(draft.ids.length === 0 ? { placeholder: t("lines.choose") } : {})}
                data={people.map((each) => ({ value: String(each.id), label: each.name }))}
                value={draft.ids}
                onChange={(ids) => {
                  put(draft.key, { ids });
                }}
              />
            ) : draft.step === "group" ? (
              <Select
                aria-label={t("lines.who", { number })}
                placeholder={t("lines.choose")}
                data={teams.map((each) => ({
                  value: String(each.id),
                  label: each.name === "" ? t("groups.unnamed") : each.name,
                }))}
                value={draft.group === "" ? null : draft.group}
                onChange={(group) => {
                  if (group !== null) put(draft.key, { group });
                }}
              />
            ) : draft.step === "queue" ? (
              <TextInput
                aria-label={t("lines.who", { number })}
                placeholder={t("lines.queueName")}
                value={draft.name}
                onChange={(event) => {
                  put(draft.key, { name: event.currentTarget.value });
                }}
              />
            ) : (
              <span />
            )}
            {draft.step === "queue" ? (
              <span />
            ) : (
              <TextInput
                aria-label={t("lines.secondsOf", { number })}
                type="number"
                min={5}
                max={120}
                value={draft.seconds}
                onChange={(event) => {
                  put(draft.key, { seconds: event.currentTarget.value });
                }}
              />
            )}
            <div className={css.tools}>
              <ActionIcon
                variant="transparent"
                color="gray"
                size={34}
                disabled={index === 0}
                aria-label={t("lines.up", { number })}
                onClick={() => {
                  move(index, index - 1);
                }}
              >
                <ArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                variant="transparent"
                color="gray"
                size={34}
                disabled={index === plan.length - 1}
                aria-label={t("lines.down", { number })}
                onClick={() => {
                  move(index, index + 1);
                }}
              >
                <ArrowDown size={16} />
              </ActionIcon>
              <ActionIcon
                variant="transparent"
                color="gray"
                size={34}
                aria-label={t("lines.removeStep", { number })}
                onClick={() => {
                  onChange(plan.filter((each) => each.key !== draft.key));
                }}
              >
                <X size={16} />
              </ActionIcon>
            </div>
          </div>
        );
      })}
      {plan.length < MOST_STEPS && (
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<Plus size={14} />}
            onClick={() => {
              onChange([
                ...plan,
                draftOf({
                  step: plan.length === 0 ? "owner" : "group",
                  id: 0,
                  seconds: USUAL_SECONDS,
                }),
              ]);
            }}
          >
            {t("lines.addStep")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
