// Webhooks: who is told what happens here. Programs subscribe by the API; people look.
import { useQuery } from "@tanstack/react-query";
import { Webhook as WebhookIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { webhooks } from "../api/desk";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { Empty, Page } from "../ui/Page";
import { State } from "../ui/State";
import { Table, Two } from "../ui/Table";

export function Webhooks() {
  const { t } = useTranslation();
  const { day } = useTimes();
  const query = useQuery(webhooks);
  return (
    <Page title={t("webhooks.title")} text={t("webhooks.text")}>
      <Shown query={query} waiting={t("doing.webhooks")}>
        {(found) =>
          found.length === 0 ? (
            <Empty
              icon={<WebhookIcon size={30} />}
              title={t("webhooks.empty")}
              text={t("webhooks.emptyText")}
            />
          ) : (
            <Table
              label={t("webhooks.title")}
              head={[
                t("webhooks.destination"),
                t("webhooks.events"),
                t("webhooks.state"),
                t("webhooks.made"),
              ]}
            >
              {found.map((each) => (
                <tr key={each.id}>
                  <td>
                    <Two first={each.destination} second={each.settings.join(", ")} />
                  </td>
                  <td>{t("webhooks.all", { count: each.settings.length })}</td>
                  <td>
                    <State tone={each.disabled ? "bad" : "good"}>
                      {each.disabled ? t("webhooks.off") : t("webhooks.on")}
                    </State>
                  </td>
                  <td>{day(each.created_at)}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Shown>
    </Page>
  );
}
