// Recordings: how they stand, and how many days they are kept. A shorter time is asked for once more, since what goes is
// gone.
import { Button, Switch, TextInput } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, patch } from "../api/client";
import { Shown } from "../app/Shown";
import { useLogs } from "../app/texts/logs";
import { useSave } from "../app/useSave";
import { Form, Part, Why } from "../ui/Form";
import { Page } from "../ui/Page";
import { Question } from "../ui/Window";
import { RecordingSums, WrongRecordings } from "./RecordingsLog";
import css from "./Settings.module.css";

const USUAL_DAYS = 365;

const keeping = queryOptions({
  queryKey: ["keeping"],
  queryFn: () => get<{ days: number | null }>("/desk/recordings/keeping"),
});

export function Keeping() {
  const logs = useLogs();
  const query = useQuery(keeping);
  return (
    <Page title={logs("keeping.title")} text={logs("keeping.text")}>
      <RecordingSums />
      <Part title={logs("keeping.part")}>
        <Shown query={query} waiting={logs("keeping.loading")}>
          {({ days }) => <KeepingForm key={String(days)} before={days} />}
        </Shown>
      </Part>
      <WrongRecordings />
    </Page>
  );
}

function KeepingForm({ before }: { before: number | null }) {
  const { t } = useTranslation();
  const logs = useLogs();
  const [forever, setForever] = useState(before === null);
  const [days, setDays] = useState(String(before ?? USUAL_DAYS));
  const [asked, ask] = useState(false);
  const wanted = forever ? null : Number(days);
  const { save, busy, why } = useSave(() => patch("/desk/recordings/keeping", { days: wanted }), {
    changes: ["keeping"],
    said: t("said.saved"),
    done: () => {
      ask(false);
    },
  });
  const submit = () => {
    if (wanted !== null && wanted < (before ?? Infinity)) ask(true);
    else save(undefined);
  };
  return (
    <div className={css.narrow}>
      <Form label={logs("keeping.title")} onSubmit={submit}>
        {!asked && <Why text={why} />}
        <Switch
          label={logs("keeping.forever")}
          checked={forever}
          onChange={(event) => {
            setForever(event.currentTarget.checked);
          }}
        />
        {!forever && (
          <TextInput
            label={logs("keeping.days")}
            description={logs("keeping.daysHint")}
            type="number"
            min={1}
            max={36_500}
            step={1}
            required
            withAsterisk={false}
            value={days}
            onChange={(event) => {
              setDays(event.currentTarget.value);
            }}
          />
        )}
        <div>
          <Button type="submit" loading={busy && !asked} disabled={wanted === before}>
            {t("act.save")}
          </Button>
        </div>
      </Form>
      {asked && wanted !== null && (
        <Question
          title={logs("keeping.ask", { count: wanted })}
          text={logs("keeping.askText")}
          yes={logs("keeping.yes")}
          busy={busy}
          trouble={<Why text={why} />}
          onYes={() => {
            save(undefined);
          }}
          onClose={() => {
            ask(false);
          }}
        />
      )}
    </div>
  );
}
