// Lines: the numbers that people call, who rings for each, by which hours; and who would ring right now.
import { ActionIcon, Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, PhoneIncoming, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { remove } from "../api/client";
import { colleagues, groups } from "../api/desk";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";
import { Empty, Page } from "../ui/Page";
import { State } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { Question } from "../ui/Window";
import { Explain } from "./Explain";
import { alike, spansText } from "./hours";
import { HoursWindow } from "./HoursWindow";
import { LineWindow } from "./LineWindow";
import { type Hours, type Line, type Routing, routing, type Step } from "./routing";
import css from "./Lines.module.css";

type Open =
  | { what: "line"; line?: Line }
  | { what: "hours"; hours?: Hours }
  | { what: "deleteLine"; line: Line }
  | { what: "deleteHours"; hours: Hours };

export function Lines() {
  const { t } = useTranslation();
  const query = useQuery(routing);
  const [open, setOpen] = useState<Open | null>(null);
  const add = () => {
    setOpen({ what: "line" });
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ n: add });
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={add}>
      {t("lines.add")}
    </Button>
  );
  return (
    <Page
      title={t("lines.title")}
      text={t("lines.text")}
      actions={query.data?.lines.length === 0 ? undefined : button}
    >
      <Shown query={query} waiting={t("lines.loading")}>
        {(found) => (
          <>
            {found.lines.length === 0 ? (
              <Empty
                icon={<PhoneIncoming size={30} />}
                title={t("lines.empty")}
                text={t("lines.emptyText")}
                action={button}
              />
            ) : (
              <List found={found} onOpen={setOpen} />
            )}
            <Explain found={found} />
            <HoursPart hours={found.hours} onOpen={setOpen} />
            {open !== null && <Opened open={open} found={found} onClose={close} />}
          </>
        )}
      </Shown>
    </Page>
  );
}

type OnOpen = (open: Open) => void;

function Opened({ open, found, onClose }: { open: Open; found: Routing; onClose: () => void }) {
  const { t } = useTranslation();
  switch (open.what) {
    case "line":
      return <LineWindow {...(open.line ? { line: open.line } : {})} found={found} onClose={onClose} />;
    case "hours":
      return <HoursWindow {...(open.hours ? { hours: open.hours } : {})} onClose={onClose} />;
    case "deleteLine":
      return (
        <Delete
          path={`/desk/lines/${String(open.line.id)}`}
          title={t("lines.deleteAsk", { number: open.line.number })}
          text={t("lines.deleteText")}
          onClose={onClose}
        />
      );
    case "deleteHours":
      return (
        <Delete
          path={`/desk/hours/${String(open.hours.id)}`}
          title={t("hours.deleteAsk", { name: open.hours.name })}
          text={t("hours.deleteText")}
          onClose={onClose}
        />
      );
  }
}

function List({ found, onOpen }: { found: Routing; onOpen: OnOpen }) {
  const { t } = useTranslation();
  const told = usePlanText();
  const hoursOf = (id: number | null) =>
    found.hours.find((each) => each.id === id)?.name ?? t("lines.always");
  return (
    <Table
      label={t("lines.title")}
      head={[
        { text: t("lines.number"), width: 180 },
        t("lines.plan"),
        { text: t("lines.hours"), width: 130 },
        { text: t("lines.state"), width: 110 },
        { text: t("act.more"), hidden: true, width: 60 },
      ]}
    >
      {found.lines.map((line) => (
        <tr key={line.id} className={line.is_active ? "" : css.off}>
          <td>
            <Two
              first={line.number}
              second={[line.name, found.pbxes.find((each) => each.id === line.pbx_id)?.name ?? ""]
                .filter((each) => each !== "")
                .join(" · ")}
            />
          </td>
          <td>
            <Two first={<span className={css.plan}>{told(line.plan)}</span>} second={line.fallback} />
          </td>
          <td>{hoursOf(line.schedule_id)}</td>
          <td>
            <State tone={line.is_active ? "good" : "quiet"}>
              {line.is_active ? t("lines.on") : t("lines.off")}
            </State>
          </td>
          <td className={css.right}>
            <More
              name={line.number}
              onEdit={() => {
                onOpen({ what: "line", line });
              }}
              onDelete={() => {
                onOpen({ what: "deleteLine", line });
              }}
            />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function More({ name, onEdit, onDelete }: { name: string; onEdit: () => void; onDelete: () => void }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`${t("act.more")}: ${name}`}>
          <Ellipsis size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onEdit}>{t("act.edit")}</Menu.Item>
        <Menu.Item color="red" onClick={onDelete}>
          {t("act.delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A plan in one line: owner 20 s → Sales 15 s → queue sales. */
function usePlanText(): (plan: readonly Step[]) => string {
  const { t } = useTranslation();
  const people = useQuery(colleagues).data;
  const teams = useQuery(groups).data;
  const nameOf = (id: number) =>
    people?.find((each) => each.id === id)?.name ?? t("lines.someone", { id: String(id) });
  const told = (step: Step): string => {
    switch (step.step) {
      case "owner":
        return t("lines.ownerShort");
      case "users":
        return step.ids.map(nameOf).join(", ");
      case "group": {
        const name = teams?.find((each) => each.id === step.id)?.name ?? "";
        return name === "" ? t("groups.unnamed") : name;
      }
      case "queue":
        return t("lines.queueShort", { name: step.name });
    }
  };
  return (plan) =>
    plan.length === 0
      ? t("lines.nobodyShort")
      : plan
          .map((step) =>
            step.step === "queue"
              ? told(step)
              : `${told(step)} ${t("lines.secondsShort", { seconds: step.seconds })}`,
          )
          .join(" → ");
}

function HoursPart({ hours, onOpen }: { hours: Hours[]; onOpen: OnOpen }) {
  const { t } = useTranslation();
  return (
    <section className={css.part} aria-label={t("hours.title")}>
      <div className={css.partHead}>
        <div>
          <h2>{t("hours.title")}</h2>
          <p>{hours.length === 0 ? t("hours.empty") : t("hours.text")}</p>
        </div>
        <Button
          variant="default"
          leftSection={<Plus size={16} />}
          onClick={() => {
            onOpen({ what: "hours" });
          }}
        >
          {t("hours.add")}
        </Button>
      </div>
      {hours.length > 0 && (
        <Table
          label={t("hours.title")}
          head={[
            { text: t("field.title"), width: 220 },
            t("hours.week"),
            { text: t("hours.zone"), width: 260 },
            { text: t("act.more"), hidden: true, width: 60 },
          ]}
        >
          {hours.map((each) => (
            <tr key={each.id}>
              <td>
                <Two
                  first={each.name}
                  second={
                    Object.keys(each.holidays).length === 0
                      ? ""
                      : t("hours.special", { count: Object.keys(each.holidays).length })
                  }
                />
              </td>
              <td>
                <WeekText hours={each} />
              </td>
              <td>{each.time_zone ?? t("hours.ownZone")}</td>
              <td className={css.right}>
                <More
                  name={each.name}
                  onEdit={() => {
                    onOpen({ what: "hours", hours: each });
                  }}
                  onDelete={() => {
                    onOpen({ what: "deleteHours", hours: each });
                  }}
                />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;

function WeekText({ hours }: { hours: Hours }) {
  const { t } = useTranslation();
  const short = (day: number | undefined) => t(`hours.short${DAYS[day ?? 0] ?? 0}`);
  return (
    <>
      {alike(hours.week).map((days) => {
        const spans = spansText(hours.week[days[0] ?? 0] ?? []);
        const [first, last] = [days[0], days.at(-1)];
        return (
          <div key={first} className={css.day}>
            <span>{first === last ? short(first) : `${short(first)}–${short(last)}`}</span>{" "}
            {spans === "" ? t("hours.dayOff") : spans}
          </div>
        );
      })}
    </>
  );
}

interface DeleteProps {
  path: string;
  title: string;
  text: string;
  onClose: () => void;
}

function Delete({ path, title, text, onClose }: DeleteProps) {
  const { t } = useTranslation();
  const { save, busy, why } = useSave(() => remove(path), {
    changes: ["routing"],
    said: t("said.deleted"),
    done: onClose,
  });
  return (
    <Question
      title={title}
      text={text}
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
