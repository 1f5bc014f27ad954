// What was or will be sent to a webhook: the form by its fields, and as it travels.
import { useQuery } from "@tanstack/react-query";
import { deliveryOf } from "../api/logs";
import { Shown } from "../app/Shown";
import { useLogs } from "../app/texts/logs";
import { useTimes } from "../app/times";
import { Copy } from "../ui/Copy";
import { Table } from "../ui/Table";
import { Window } from "../ui/Window";
import css from "./Settings.module.css";

export function DeliveryWindow({ id, onClose }: { id: number; onClose: () => void }) {
  const logs = useLogs();
  const { moment } = useTimes();
  const query = useQuery(deliveryOf(id));
  const isNew = query.data?.state === "waiting" && query.data.attempts === 0;
  return (
    <Window
      title={logs(isNew ? "body.titleWaiting" : "body.title")}
      text={logs("body.text", { id })}
      size={760}
      onClose={onClose}
    >
      <Shown query={query} waiting={logs("body.loading")}>
        {(found) => (
          <div className={css.stack}>
            <p className={css.fieldHint}>{`${found.event} · ${moment(found.created_at)}`}</p>
            <div className={css.body} tabIndex={0} role="group" aria-label={logs("body.title")}>
              <Table
                label={logs("body.title")}
                head={[{ text: logs("body.name"), width: "46%" }, logs("body.value")]}
              >
                {found.pairs.map(([name, value], place) => (
                  <tr key={place}>
                    <td className={css.mono}>{name}</td>
                    <td className={css.mono}>{value}</td>
                  </tr>
                ))}
              </Table>
            </div>
            {!found.is_whole && <p className={css.fieldHint}>{logs("body.cut")}</p>}
            <div className={css.field}>
              <span className={css.fieldName}>{logs("body.raw")}</span>
              <Copy text={found.body} label={logs("body.raw")} />
            </div>
          </div>
        )}
      </Shown>
    </Window>
  );
}
