// The desk: the rail on the left, the screen beside it, search and keys over both.
import { Kbd, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import {
  Bell,
  Building2,
  Home as HomeIcon,
  Inbox,
  ListTodo,
  Phone,
  Plus,
  Repeat,
  Search,
  Settings,
  Target,
  Users,
} from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "../api/desk";
import { CompanyFace, PersonFace } from "./Faces";
import { useKeys } from "./keys";
import { hearNewCards, type NewCardAsked } from "./newCard";
import { cardPath } from "./CardLink";
import { useLive } from "./live";
import { focusHome } from "../ui/focus";
import css from "./Shell.module.css";
import { useDesk } from "../live/store";
import { useHere } from "./useHere";

const search = () => import("../search/SearchWindow");
const SearchWindow = lazy(async () => ({ default: (await search()).SearchWindow }));
const ResultHost = lazy(async () => ({ default: (await import("../calls/ResultHost")).ResultHost }));
const incoming = () => import("../calls/Incoming");
const Incoming = lazy(async () => ({ default: (await incoming()).Incoming }));
const Alerts = lazy(async () => ({ default: (await import("../alerts/Alerts")).Alerts }));
const KeysWindow = lazy(async () => ({ default: (await import("./KeysWindow")).KeysWindow }));

const NewCard = lazy(async () => ({ default: (await import("../cards/NewCard")).NewCard }));

const REST_LOADED_AFTER = 1000; // ms
const NEXT_LOADED_AFTER = 3000; // ms: what one opens first, when nothing else is under way

export function Desk() {
  const { data } = useQuery(me);
  // While one is being signed out, nothing of the desk is shown.
  return data?.account && data.user ? <Shell /> : null;
}

function Shell() {
  const { t } = useTranslation();
  const here = useHere();
  const live = useLive(here.account.id);
  const navigate = useNavigate();
  const scheme = useComputedColorScheme();
  const { setColorScheme } = useMantineColorScheme();
  const [open, setOpen] = useState<"search" | "keys" | "alerts" | null>(null);
  const close = () => {
    setOpen(null);
  };

  // What the first screen does without is loaded before it is asked for: what is typed right after `/` must not be lost.
  const [menus, setMenus] = useState<typeof import("./Menus")>();
  const [wanted, setWanted] = useState<"company" | "person">();
  // A card must be there at the first ring: what shows it is loaded before.
  const [ready, setReady] = useState(false);
  const alerts = useDesk((desk) => desk.alerts.length) ?? 0;
  const alertsOpen = alerts > 99 ? "99+" : String(alerts || "");
  const showAlerts = () => {
    setOpen("alerts");
  };
  const isCalled = useDesk((desk) => desk.calls.length + desk.notices.length > 0);
  const loadMenus = () => void import("./Menus").then(setMenus);
  useEffect(() => {
    const timer = setTimeout(() => {
      void search();
      loadMenus();
      setReady(true);
    }, REST_LOADED_AFTER);
    const next = setTimeout(() => void import("../cards/CardTable"), NEXT_LOADED_AFTER);
    return () => {
      clearTimeout(timer);
      clearTimeout(next);
    };
  }, []);
  const openMenu = (which: "company" | "person") => () => {
    setWanted(which);
    loadMenus();
  };
  const showKeys = () => {
    setOpen("keys");
  };
  const [making, setMaking] = useState<NewCardAsked | null>(null);
  useEffect(() => hearNewCards(setMaking), []);
  const make = () => {
    setMaking({ kind: "contacts" });
  };

  useKeys({
    "/": () => {
      setOpen("search");
    },
    "?": showKeys,
    "g h": () => void navigate({ to: "/" }),
    "g c": () => void navigate({ to: "/contacts" }),
    "g d": () => void navigate({ to: "/leads" }),
    "g o": () => void navigate({ to: "/companies" }),
    "g k": () => void navigate({ to: "/customers" }),
    "g l": () => void navigate({ to: "/calls" }),
    "g u": () => void navigate({ to: "/unsorted" }),
    "g t": () => void navigate({ to: "/tasks" }),
    "g a": showAlerts,
    c: make,
    "g s": () => void navigate({ to: "/settings/me" }),
    "g p": () => void navigate({ to: here.user.is_admin ? "/settings/people" : "/settings/me" }),
    "t t": () => {
      setColorScheme(scheme === "dark" ? "light" : "dark");
    },
  });

  // What had the focus went with its page: the next Tab begins at the new one.
  const { pathname } = useLocation();
  const began = useRef(pathname);
  useEffect(() => {
    if (began.current === pathname) return;
    began.current = pathname;
    focusHome();
  }, [pathname]);

  return (
    <div className={css.shell}>
      <a className={css.skip} href="#screen">
        {t("nav.skip")}
      </a>
      <nav className={css.rail} aria-label={t("nav.main")}>
        {menus ? (
          <menus.CompanyMenu here={here} opened={wanted === "company"} />
        ) : (
          <CompanyFace here={here} onClick={openMenu("company")} />
        )}
        <UnstyledButton
          className={css.search}
          onClick={() => {
            setOpen("search");
          }}
        >
          <Search size={16} aria-hidden="true" />
          <span className={css.word}>{t("nav.search")}</span>
          <Kbd className={css.kbd}>/</Kbd>
        </UnstyledButton>
        <UnstyledButton className={css.search} onClick={make}>
          <Plus size={16} aria-hidden="true" />
          <span className={css.word}>{t("nav.create")}</span>
          <Kbd className={css.kbd}>C</Kbd>
        </UnstyledButton>
        <ul className={css.list}>
          <RailLink to="/" icon={<HomeIcon size={17} />} text={t("nav.home")} />
          <RailLink to="/leads" icon={<Target size={17} />} text={t("nav.leads")} />
          <RailLink to="/contacts" icon={<Users size={17} />} text={t("nav.contacts")} />
          <RailLink to="/companies" icon={<Building2 size={17} />} text={t("nav.companyCards")} />
          <RailLink to="/customers" icon={<Repeat size={17} />} text={t("nav.customers")} />
          <RailLink to="/calls" icon={<Phone size={17} />} text={t("nav.calls")} />
          <RailLink to="/unsorted" icon={<Inbox size={17} />} text={t("nav.unsorted")} />
          <RailLink to="/tasks" icon={<ListTodo size={17} />} text={t("nav.tasks")} />
        </ul>
        <div className={css.space} />
        <div role="status" className={css.live} data-state={live}>
          {live === "away" && t("nav.away")}
        </div>
        <ul className={css.list}>
          <li>
            <UnstyledButton
              id="alerts"
              className={css.link}
              title={t("nav.alerts")}
              aria-expanded={open === "alerts"}
              aria-label={`${t("nav.alerts")} ${alertsOpen}`.trim()}
              onClick={open === "alerts" ? close : showAlerts}
            >
              <Bell className={css.icon} size={17} aria-hidden="true" />
              <span className={css.word}>{t("nav.alerts")}</span>{" "}
              {alerts > 0 && <span className={css.badge}>{alertsOpen}</span>}
            </UnstyledButton>
          </li>
          <RailLink to="/settings" icon={<Settings size={17} />} text={t("nav.settings")} />
        </ul>
        {menus ? (
          <menus.PersonMenu here={here} opened={wanted === "person"} onKeys={showKeys} />
        ) : (
          <PersonFace here={here} onClick={openMenu("person")} />
        )}
      </nav>
      <main className={css.screen} id="screen" tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense fallback={null}>{(ready || isCalled) && <Incoming />}</Suspense>
      <Suspense fallback={null}>
        {(ready || open === "alerts") && (
          <Alerts open={open === "alerts"} onShow={showAlerts} onClose={close} />
        )}
      </Suspense>
      <Suspense fallback={null}>
        {open === "search" && <SearchWindow onClose={close} />}
        {open === "keys" && <KeysWindow onClose={close} />}
        {making && (
          <NewCard
            {...making}
            free={making.onMade === undefined}
            onMade={(card) => {
              setMaking(null);
              if (making.onMade) making.onMade(card);
              else void navigate({ to: cardPath(card) });
            }}
            onClose={() => {
              setMaking(null);
            }}
          />
        )}
      </Suspense>
      <Suspense fallback={null}>{menus && <ResultHost />}</Suspense>
    </div>
  );
}

function RailLink({
  to,
  icon,
  text,
}: {
  to:
    | "/"
    | "/leads"
    | "/contacts"
    | "/companies"
    | "/customers"
    | "/calls"
    | "/unsorted"
    | "/tasks"
    | "/settings";
  icon: ReactNode;
  text: string;
}) {
  return (
    <li>
      <Link to={to} className={css.link} activeOptions={{ exact: to === "/" }} title={text}>
        <span className={css.icon} aria-hidden="true">
          {icon}
        </span>
        <span className={css.word}>{text}</span>
      </Link>
    </li>
  );
}
