// Contacts, newest change first: a list of any length, of which only the rows in sight are made.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Users } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { contacts, type Contact } from "../api/desk";
import { useKeys } from "../app/keys";
import { Failed } from "../app/Shown";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { Initials } from "../ui/Initials";
import { Empty, Page, Waiting } from "../ui/Page";
import css from "./Contacts.module.css";
import { firstOf } from "./firstOf";
import { useOwners } from "./useOwners";

const ROW = 44; // px, as in Contacts.module.css
const AHEAD = 30; // rows before the end at which the next page is asked for

export function Contacts() {
  const { t } = useTranslation();
  const here = useHere();
  const query = useInfiniteQuery(contacts);
  const rows = query.data?.pages.flatMap((page) => page?._embedded.contacts ?? []);
  return (
    <Page title={t("contacts.title")} wide>
      {rows === undefined ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={t("doing.contacts")} />
        )
      ) : rows.length === 0 ? (
        here.user.is_admin ? (
          <Empty icon={<Users size={30} />} title={t("contacts.empty")} text={t("contacts.emptyText")} />
        ) : (
          <Empty
            icon={<Users size={30} />}
            title={t("contacts.emptyMine")}
            text={t("contacts.emptyMineText")}
          />
        )
      ) : (
        <List
          rows={rows}
          more={query.hasNextPage}
          onMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
    </Page>
  );
}

function List({ rows, more, onMore }: { rows: Contact[]; more: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const ownerOf = useOwners();
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used only in this render
  const list = useVirtualizer({
    count: rows.length + 1,
    estimateSize: () => ROW,
    getScrollElement: () => place.current,
    overscan: 12,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - AHEAD) onMore();
  }, [more, last, rows.length, onMore]);
  const go = (step: number) => () => {
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    setAt(next);
    list.scrollToIndex(next);
  };
  const current = rows[at];
  useKeys({
    j: go(1),
    k: go(-1),
    ArrowDown: go(1),
    ArrowUp: go(-1),
    ...(current
      ? { Enter: () => void navigate({ to: "/contacts/$id", params: { id: String(current.id) } }) }
      : {}),
  });
  return (
    <div
      className={css.list}
      role="table"
      aria-label={t("contacts.title")}
      aria-rowcount={more ? -1 : rows.length + 1}
    >
      <div className={css.head} role="row">
        {[
          t("contacts.name"),
          t("contacts.phone"),
          t("contacts.email"),
          t("contacts.owner"),
          t("contacts.updated"),
        ].map((text) => (
          <span key={text} role="columnheader">
            {text}
          </span>
        ))}
      </div>
      <div className={css.body} ref={place} role="rowgroup" tabIndex={0}>
        <div style={{ height: list.getTotalSize() }} className={css.tall}>
          {shown.map((item) => {
            const contact = rows[item.index];
            return (
              <div
                key={contact?.id ?? "end"}
                role="row"
                aria-rowindex={item.index + 2}
                className={css.row}
                data-at={item.index === at}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {contact ? (
                  <Cells contact={contact} owner={ownerOf(contact.responsible_user_id)} />
                ) : (
                  <span role="cell" className={css.end}>
                    {more ? t("contacts.loadingMore") : t("contacts.end")}
                  </span>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Cells({ contact, owner }: { contact: Contact; owner: string }) {
  const { t } = useTranslation();
  const { ago } = useTimes();
  return (
    <>
      <span role="cell" className={css.name}>
        <Initials name={contact.name} size={26} />
        <Link to="/contacts/$id" params={{ id: String(contact.id) }} className={css.link} tabIndex={-1}>
          {contact.name === "" ? t("contacts.unnamed") : contact.name}
        </Link>
        {contact._embedded.tags.slice(0, 2).map((tag) => (
          <span key={tag.id} className={css.tag}>
            {tag.name}
          </span>
        ))}
      </span>
      <span role="cell" className={css.number}>
        {firstOf(contact, "PHONE")}
      </span>
      <span role="cell">{firstOf(contact, "EMAIL")}</span>
      <span role="cell">{owner}</span>
      <span role="cell" className={css.dim}>
        {ago(contact.updated_at)}
      </span>
    </>
  );
}
