// The keys, told by `?`.
import { Kbd } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Window } from "../ui/Window";
import css from "./KeysWindow.module.css";

export function KeysWindow({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const parts = [
    {
      title: t("keys.anywhere"),
      keys: [
        ["/", t("keys.search")],
        ["?", t("keys.help")],
        ["G H", t("keys.goHome")],
        ["G D", t("keys.goLeads")],
        ["G C", t("keys.goContacts")],
        ["G O", t("keys.goCompanies")],
        ["G K", t("keys.goCustomers")],
        ["G L", t("keys.goCalls")],
        ["G U", t("keys.goUnsorted")],
        ["G T", t("keys.goTasks")],
        ["G A", t("nav.alerts")],
        ["C", t("keys.create")],
        ["G F", t("result.goKey")],
        ["G S", t("keys.goSettings")],
        ["G P", t("keys.goPeople")],
        ["T T", t("keys.theme")],
        ["Esc", t("keys.close")],
      ],
    },
    {
      title: t("keys.inLists"),
      keys: [
        ["J", t("keys.down")],
        ["K", t("keys.up")],
        ["Enter", t("keys.open")],
        ["Space", t("keys.choose")],
        ["Shift+↓", t("table.keys.several")],
        ["Ctrl+A", t("table.keys.all")],
        ["PageDown", t("table.keys.far")],
        ["Q", t("table.search")],
        ["F", t("table.filter")],
        ["S", t("table.saved")],
        ["V", t("table.columns")],
        ["N", t("keys.add")],
      ],
    },
    {
      title: t("table.keys.chosen"),
      keys: [
        ["O", t("table.give")],
        ["L", t("table.tag")],
        ["M", t("table.move")],
        ["X", t("table.export")],
        ["Delete", t("table.remove")],
        ["Esc", t("table.drop")],
      ],
    },
    {
      title: t("keys.onCard"),
      keys: [
        ["N", t("keys.note")],
        ["T", t("keys.task")],
        ["1 … 5", t("keys.filter")],
        ["Enter", t("keys.complete")],
        ["1 … 6", t("keys.putOff")],
        ["O", t("keys.openCard")],
      ],
    },
    {
      title: t("result.inWindow"),
      keys: [
        ["Alt+1…7", t("result.keyStatus")],
        ["Alt+8", t("result.keyTask")],
        ["Alt+9", t("result.keyCard")],
        ["Alt+0", t("result.keyPlay")],
        ["Enter", t("result.keySave")],
        ["Shift+Enter", t("result.keyLine")],
        ["Esc", t("result.keyLater")],
      ],
    },
    {
      title: t("keys.onDesk"),
      keys: [
        ["C", t("keys.callBack")],
        ["E", t("keys.closeDebt")],
        ["O", t("keys.giveDebt")],
        ["A", t("keys.accept")],
        ["L", t("keys.link")],
        ["D", t("keys.decline")],
        ["B", t("keys.bind")],
        ["P", t("calls.listen")],
        ["F", t("keys.findNumber")],
        ["V", t("keys.charts")],
      ],
    },
    {
      title: t("incoming.keys.title"),
      keys: [
        ["A", t("incoming.keys.answer")],
        ["D", t("incoming.keys.decline")],
        ["Alt+H", t("incoming.keys.hold")],
        ["Alt+X", t("incoming.keys.transfer")],
        ["Alt+E", t("incoming.keys.hangUp")],
        ["C", t("incoming.keys.create")],
        ["L", t("incoming.keys.attach")],
        ["1…5", t("incoming.keys.choose")],
        ["F", t("incoming.keys.fold")],
        ["Alt", t("incoming.keys.anywhere")],
      ],
    },
  ] as const;
  return (
    <Window title={t("keys.title")} text={t("keys.layout")} onClose={onClose} size={420}>
      {parts.map((part) => (
        <section key={part.title} className={css.part}>
          <h3 className={css.title}>{part.title}</h3>
          <dl className={css.list}>
            {part.keys.map(([keys, text]) => (
              <div key={keys} className={css.row}>
                <dt>{text}</dt>
                <dd>
                  {keys.split(" ").map((key, place) => (
                    <span key={`${key}${place}`}>
                      {place > 0 && <span className={css.then}>{t("keys.then")}</span>}
                      <Kbd>{key}</Kbd>
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Window>
  );
}
