// The desk: the rail on the left, the screen beside it, search and keys over both.
import { Kbd, Menu, UnstyledButton } from "@mantine/core";
import { useMantineColorScheme, useComputedColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import {
  Check,
  ChevronsUpDown,
  Home as HomeIcon,
  Keyboard,
  LogOut,
  Search,
  Settings,
  UserRound,
  Users,
} from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post } from "../api/client";
import { type Here, type Language, me } from "../api/desk";
import { Initials } from "../ui/Initials";
import { useKeys } from "./keys";
import css from "./Shell.module.css";
import { speak } from "./texts";
import { type AtDesk, useHere } from "./useHere";
import { useSave } from "./useSave";

const search = () => import("../search/SearchWindow");
const SearchWindow = lazy(async () => ({ default: (await search()).SearchWindow }));
const KeysWindow = lazy(async () => ({ default: (await import("./KeysWindow")).KeysWindow }));

const SEARCH_LOADED_AFTER = 1000; // ms

export function Desk() {
  const { data } = useQuery(me);
  // While one is being signed out, nothing of the desk is shown.
  return data?.account && data.user ? <Shell /> : null;
}

function Shell() {
  const { t } = useTranslation();
  const here = useHere();
  const navigate = useNavigate();
  const scheme = useComputedColorScheme();
  const { setColorScheme } = useMantineColorScheme();
  const [open, setOpen] = useState<"search" | "keys" | null>(null);
  const close = () => {
    setOpen(null);
  };

  // It is loaded before it is asked for: what is typed right after `/` must not be lost.
  useEffect(() => {
    const timer = setTimeout(() => void search(), SEARCH_LOADED_AFTER);
    return () => {
      clearTimeout(timer);
    };
  }, []);

  useKeys({
    "/": () => {
      setOpen("search");
    },
    "?": () => {
      setOpen("keys");
    },
    "g h": () => void navigate({ to: "/" }),
    "g c": () => void navigate({ to: "/contacts" }),
    "g s": () => void navigate({ to: "/settings/me" }),
    "g p": () => void navigate({ to: here.user.is_admin ? "/settings/people" : "/settings/me" }),
    "t t": () => {
      setColorScheme(scheme === "dark" ? "light" : "dark");
    },
  });

  return (
    <div className={css.shell}>
      <a className={css.skip} href="#screen">
        {t("nav.skip")}
      </a>
      <nav className={css.rail} aria-label={t("nav.main")}>
        <CompanyMenu here={here} />
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
        <ul className={css.list}>
          <RailLink to="/" icon={<HomeIcon size={17} />} text={t("nav.home")} />
          <RailLink to="/contacts" icon={<Users size={17} />} text={t("nav.contacts")} />
        </ul>
        <div className={css.space} />
        <ul className={css.list}>
          <RailLink to="/settings" icon={<Settings size={17} />} text={t("nav.settings")} />
        </ul>
        <PersonMenu
          here={here}
          onKeys={() => {
            setOpen("keys");
          }}
        />
      </nav>
      <main className={css.screen} id="screen" tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {open === "search" && <SearchWindow onClose={close} />}
        {open === "keys" && <KeysWindow onClose={close} />}
      </Suspense>
    </div>
  );
}

function RailLink({
  to,
  icon,
  text,
}: {
  to: "/" | "/contacts" | "/settings";
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

function CompanyMenu({ here }: { here: AtDesk }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { save } = useSave((id: number) => post<Here>("/desk/account", { id }), {
    loud: true,
    done: (next) => {
      // Nothing of the other company may stay on the screen.
      client.clear();
      client.setQueryData(me.queryKey, next);
      void navigate({ to: "/" });
    },
  });
  const name = (
    <>
      <Initials name={here.account.name} square size={30} />
      <span className={css.who}>
        <span className={css.company}>{here.account.name}</span>
        {here.account.is_demo && <span className={css.small}>{t("choose.demo")}</span>}
      </span>
    </>
  );
  if (here.accounts.length < 2) return <div className={css.top}>{name}</div>;
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <UnstyledButton className={css.top} title={t("nav.switchCompany")}>
          {name}
          <ChevronsUpDown size={15} className={css.chevrons} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("nav.companies")}</Menu.Label>
        {here.accounts.map((each) => (
          <Menu.Item
            key={each.id}
            leftSection={<Initials name={each.name} square size={22} />}
            rightSection={each.id === here.account.id ? <Check size={15} /> : null}
            onClick={() => {
              if (each.id !== here.account.id) save(each.id);
            }}
          >
            {each.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PersonMenu({ here, onKeys }: { here: AtDesk; onKeys: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const language = useSave((next: Language) => patch<Here>("/desk/person", { language: next }), {
    loud: true,
    done: (next) => {
      client.setQueryData(me.queryKey, next);
      void speak(next.language);
    },
  });
  const out = useSave(() => post("/desk/sign-out"), {
    loud: true,
    done: () => {
      client.clear();
      void navigate({ to: "/sign-in" });
    },
  });
  const schemes = [
    ["light", t("nav.light")],
    ["dark", t("nav.dark")],
    ["auto", t("nav.system")],
  ] as const;
  return (
    <Menu position="top-start" width={248}>
      <Menu.Target>
        <UnstyledButton className={css.bottom} title={here.user.name}>
          <Initials name={here.user.name} size={28} />
          <span className={css.who}>
            <span className={css.person}>{here.user.name}</span>
            <span className={css.small}>{here.person.email}</span>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<UserRound size={16} />} component={Link} to="/settings/me">
          {t("nav.profile")}
        </Menu.Item>
        <Menu.Item leftSection={<Keyboard size={16} />} rightSection={<Kbd>?</Kbd>} onClick={onKeys}>
          {t("nav.keys")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("nav.theme")}</Menu.Label>
        {schemes.map(([scheme, text]) => (
          <Menu.Item
            key={scheme}
            rightSection={colorScheme === scheme ? <Check size={15} /> : null}
            onClick={() => {
              setColorScheme(scheme);
            }}
          >
            {text}
          </Menu.Item>
        ))}
        <Menu.Label>{t("field.language")}</Menu.Label>
        {(["ru", "en"] as const).map((each) => (
          <Menu.Item
            key={each}
            lang={each}
            rightSection={i18n.language === each ? <Check size={15} /> : null}
            onClick={() => {
              language.save(each);
            }}
          >
            {t(`language.${each}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<LogOut size={16} />}
          onClick={() => {
            out.save(undefined);
          }}
        >
          {t("nav.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
