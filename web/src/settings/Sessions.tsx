// Where one is signed in, and how to end it.
import { Badge, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { remove } from "../api/client";
import { type Session, sessions } from "../api/desk";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { useSave } from "../app/useSave";
import { Page } from "../ui/Page";
import { Table, Two } from "../ui/Table";
import { browserOf } from "./browserOf";
import css from "./Settings.module.css";

export function Sessions() {
  const { t } = useTranslation();
  const query = useQuery(sessions);
  const all = useSave(() => remove("/desk/sessions"), {
    changes: ["sessions"],
    said: t("sessions.endedAll"),
    loud: true,
  });
  const others = query.data?.filter((each) => !each.is_this).length ?? 0;
  return (
    <Page
      title={t("sessions.title")}
      text={query.data && others === 0 ? t("sessions.onlyThis") : t("sessions.text")}
      actions={
        <Button
          variant="default"
          disabled={others === 0}
          loading={all.busy}
          onClick={() => {
            all.save(undefined);
          }}
        >
          {t("sessions.endAll")}
        </Button>
      }
    >
      <Shown query={query} waiting={t("doing.sessions")}>
        {(found) => (
          <Table
            label={t("sessions.title")}
            head={[
              t("sessions.where"),
              t("sessions.company"),
              t("sessions.seen"),
              t("sessions.since"),
              { text: t("sessions.end"), hidden: true, width: 110 },
            ]}
          >
            {found.map((each) => (
              <Row key={each.id} session={each} />
            ))}
          </Table>
        )}
      </Shown>
    </Page>
  );
}

function Row({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { ago, moment } = useTimes();
  const { save, busy } = useSave(() => remove(`/desk/sessions/${session.id}`), {
    changes: ["sessions"],
    said: t("sessions.ended"),
    loud: true,
  });
  const { browser, system } = browserOf(session.agent);
  const name =
    browser === "" ? t("sessions.unknown") : system === "" ? browser : t("sessions.on", { browser, system });
  return (
    <tr>
      <td>
        <Two
          first={
            <>
              {name}
              {session.is_this && <Badge>{t("sessions.this")}</Badge>}
            </>
          }
          second={session.address}
        />
      </td>
      <td>{session.account ?? ""}</td>
      <td title={moment(session.seen_at)}>{ago(session.seen_at)}</td>
      <td>{moment(session.created_at)}</td>
      <td className={css.right}>
        {!session.is_this && (
          <Button
            size="xs"
            variant="default"
            loading={busy}
            onClick={() => {
              save(undefined);
            }}
          >
            {t("sessions.end")}
          </Button>
        )}
      </td>
    </tr>
  );
}
