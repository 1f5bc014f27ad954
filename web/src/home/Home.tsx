// The first sight of the desk: the day, then what is here and, while the company is new, what to do next.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, TriangleAlert } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { counts, integrations, tokens, users } from "../api/desk";
import { bring } from "../app/texts";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { Copy } from "../ui/Copy";
import { Page, Waiting } from "../ui/Page";
import { guideKept } from "./guideKept";
import css from "./Home.module.css";

const GUIDE_AFTER = 1_500; // ms

const Today = lazy(async () => ({ default: (await import("./Today")).Today }));
const Guide = lazy(async () => {
  await bring("guide");
  return { default: (await import("./Guide")).Guide };
});
const Demo = lazy(async () => ({ default: (await import("./Demo")).Demo }));

export function Home() {
  const { t } = useTranslation();
  const here = useHere();
  return (
    <Page title={here.account.name}>
      {here.account.is_demo && (
        <Suspense fallback={<div className={css.demo} />}>
          <Demo />
        </Suspense>
      )}
      {!window.isSecureContext && <PlainHttp />}
      <Suspense fallback={<Waiting text={t("today.asking")} />}>
        <Today />
      </Suspense>
      <Numbers />
      {here.user.is_admin && !here.account.is_demo && <FirstSteps />}
      <NextSteps />
    </Page>
  );
}

/** They come when the rest has come, into a place that is kept for them. */
function FirstSteps() {
  const here = useHere();
  const [ready, setReady] = useState(false);
  const [isOpen] = useState(() => localStorage.getItem(guideKept(here.account.id)) === null);
  useEffect(() => {
    const timer = setTimeout(() => {
      setReady(true);
    }, GUIDE_AFTER);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className={isOpen ? css.guidePlace : ""}>
      {ready && (
        <Suspense fallback={null}>
          <Guide />
        </Suspense>
      )}
    </div>
  );
}

function NextSteps() {
  const { t } = useTranslation();
  const here = useHere();
  const { is_admin } = here.user;
  const made = useQuery({ ...tokens, enabled: is_admin }).data;
  const people = useQuery({ ...users, enabled: is_admin }).data;
  const connected = useQuery({ ...integrations, enabled: is_admin }).data;
  const isSettled =
    (made?.length ?? 0) > 0 &&
    (connected?.length ?? 0) > 0 &&
    (people?.filter((each) => each.is_active).length ?? 0) > 1;
  if (isSettled) return null;
  return (
    <section className={css.section}>
      <h2 className={css.title}>{t("home.whatNext")}</h2>
      <ol className={css.steps}>{is_admin ? <AdminSteps /> : <AgentSteps />}</ol>
      {is_admin && (
        <p className={css.foot}>
          <a href="/docs/api">{t("home.api")}</a>
        </p>
      )}
    </section>
  );
}

function PlainHttp() {
  const { t } = useTranslation();
  return (
    <div className={css.warning}>
      <TriangleAlert size={18} aria-hidden="true" />
      <div>
        <b>{t("trouble.plainHttp")}</b>
        <p>{t("trouble.plainHttpCause")}</p>
      </div>
    </div>
  );
}

function Numbers() {
  const { t } = useTranslation();
  const here = useHere();
  const { number } = useTimes();
  const found = useQuery(counts);
  const people = useQuery({ ...users, enabled: here.user.is_admin });
  const shown = (each: { count: number; more: boolean } | undefined) =>
    each === undefined
      ? undefined
      : each.more
        ? t("home.many", { shown: number(each.count) })
        : number(each.count);
  return (
    <section aria-label={t("home.whatIsHere")} className={css.numbers}>
      <Link to="/contacts" className={css.number}>
        <Number text={t("home.contacts")} value={shown(found.data?.contacts)} failed={found.isError} />
      </Link>
      <div className={css.number}>
        <Number text={t("home.leads")} value={shown(found.data?.leads)} failed={found.isError} />
      </div>
      {here.user.is_admin && (
        <Link to="/settings/people" className={css.number}>
          <Number
            text={t("home.people")}
            value={people.data && number(people.data.filter((each) => each.is_active).length)}
            failed={people.isError}
          />
        </Link>
      )}
    </section>
  );
}

/** A figure keeps its place while it is asked for. */
function Number({ text, value, failed }: { text: string; value: string | undefined; failed: boolean }) {
  return (
    <>
      <span className={css.value}>{value ?? (failed ? "—" : "\u00a0")}</span>
      <span className={css.what}>{text}</span>
    </>
  );
}

function AdminSteps() {
  const { t } = useTranslation();
  const made = useQuery(tokens).data;
  const people = useQuery(users).data;
  const connected = useQuery(integrations).data;
  const others = people?.filter((each) => each.is_active) ?? [];
  const base = location.origin;
  const call = `curl -H "Authorization: Bearer $TOKEN" ${base}/api/v4/account`;
  return (
    <>
      <Step title={t("home.address")} text={t("home.addressText")}>
        <Copy text={base} label={t("home.address")} />
      </Step>
      <Step
        title={t("home.token")}
        text={t("home.tokenText")}
        done={made && made.length > 0 ? t("home.tokenDone", { count: made.length }) : ""}
      >
        <Button
          component={Link}
          to="/settings/tokens"
          variant={made?.length === 0 ? "filled" : "default"}
          size="xs"
        >
          {t("home.tokenDo")}
        </Button>
      </Step>
      <Step title={t("home.call")} text={t("home.callText")}>
        <Copy text={call} label={t("home.call")} block />
      </Step>
      <Step
        title={t("home.invite")}
        text={t("home.inviteText")}
        done={others.length > 1 ? t("home.inviteDone", { count: others.length }) : ""}
      >
        <Button component={Link} to="/settings/people" variant="default" size="xs">
          {t("home.inviteDo")}
        </Button>
      </Step>
      <Step
        title={t("home.integration")}
        text={t("home.integrationText")}
        done={connected && connected.length > 0 ? t("home.integrationDone", { count: connected.length }) : ""}
      >
        <Button component={Link} to="/settings/integrations" variant="default" size="xs">
          {t("home.integrationDo")}
        </Button>
      </Step>
    </>
  );
}

function AgentSteps() {
  const { t } = useTranslation();
  return (
    <Step title={t("home.lookAround")} text={t("home.lookAroundText")}>
      <Button component={Link} to="/contacts" variant="default" size="xs">
        {t("nav.contacts")}
      </Button>
    </Step>
  );
}

function Step({
  title,
  text,
  done = "",
  children,
}: {
  title: string;
  text: string;
  done?: string;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <li className={css.step}>
      {done === "" ? (
        <span className={css.open} aria-hidden="true" />
      ) : (
        <span className={css.done} role="img" aria-label={t("home.ready")}>
          <Check size={14} strokeWidth={3} />
        </span>
      )}
      <div className={css.words}>
        <h3>
          {title}
          {done !== "" && <span className={css.doneText}>{done}</span>}
        </h3>
        <p>{text}</p>
      </div>
      <div className={css.deed}>{children}</div>
    </li>
  );
}
