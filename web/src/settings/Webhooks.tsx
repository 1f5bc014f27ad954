// Webhooks: who is told what happens here, and how that goes. Programs subscribe by the API; people look.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Webhook as WebhookIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Hook, hooks } from "../api/logs";
import { Shown } from "../app/Shown";
import { useLogs } from "../app/texts/logs";
import { useTimes } from "../app/times";
import { Empty, Page } from "../ui/Page";
import { State } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { counted } from "./counted";
import css from "./Settings.module.css";

const USUAL_DAYS = 7;

export function Webhooks() {
  const { t } = useTranslation();
  const logs = useLogs();
  const query = useQuery(hooks);
  return (
    <Page
      title={logs("webhooks.title")}
      text={logs("webhooks.text", { days: query.data?.kept_days ?? USUAL_DAYS })}
    >
      <Shown query={query} waiting={t("doing.webhooks")}>
        {({ webhooks: found }) =>
          found.length === 0 ? (
            <Empty
              icon={<WebhookIcon size={30} />}
              title={logs("webhooks.empty")}
              text={logs("webhooks.emptyText")}
            />
          ) : (
            <Table
              label={logs("webhooks.title")}
              head={[
                logs("webhooks.destination"),
                logs("webhooks.state"),
                logs("webhooks.deliveries"),
                logs("webhooks.made"),
                { text: t("act.more"), hidden: true, width: 90 },
              ]}
            >
              {found.map((each) => (
                <Row key={each.id} hook={each} />
              ))}
            </Table>
          )
        }
      </Shown>
    </Page>
  );
}

function Row({ hook }: { hook: Hook }) {
  const logs = useLogs();
  const { day } = useTimes();
  const { failed, waiting } = hook;
  return (
    <tr>
      <td>
        <Two
          first={<span className={css.address}>{hook.destination}</span>}
          second={
            <span title={hook.settings.join(", ")}>
              {logs("webhooks.all", { count: hook.settings.length })}
            </span>
          }
        />
      </td>
      <td>
        <State tone={hook.disabled ? "bad" : "good"}>
          {hook.disabled ? logs("webhooks.off") : logs("webhooks.on")}
        </State>
      </td>
      <td>
        {failed.count === 0 && waiting.count === 0 ? (
          <span className={css.dim}>{logs("webhooks.well")}</span>
        ) : (
          <div className={css.fit}>
            {failed.count > 0 && (
              <State tone="bad">{logs("webhooks.failed", { number: counted(failed) })}</State>
            )}
            {waiting.count > 0 && (
              <State tone="warn">{logs("webhooks.waiting", { number: counted(waiting) })}</State>
            )}
          </div>
        )}
      </td>
      <td className={css.when}>{day(hook.created_at)}</td>
      <td className={css.right}>
        <Button
          size="compact-sm"
          variant="default"
          renderRoot={(props) => (
            <Link to="/settings/webhooks/$id" params={{ id: String(hook.id) }} {...props} />
          )}
          aria-label={logs("webhooks.openOf", { address: hook.destination })}
        >
          {logs("webhooks.open")}
        </Button>
      </td>
    </tr>
  );
}
