// The menus of the rail: one's companies, and what is one's own.
import { Kbd, Menu, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Check, Keyboard, LogOut, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { patch, post } from "../api/client";
import { type Here, type Language, me } from "../api/desk";
import { Initials } from "../ui/Initials";
import { CompanyFace, PersonFace } from "./Faces";
import { speak } from "./texts";
import type { AtDesk } from "./useHere";
import { useSave } from "./useSave";

export function CompanyMenu({ here, opened }: { here: AtDesk; opened: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { save } = useSave((id: number) => post<Here>("/desk/account", { id }), {
    loud: true,
    done: (next) => {
      // Nothing of the other company may stay on the screen.
      client.setQueryData(me.queryKey, next);
      void client.resetQueries({ predicate: (query) => query.queryKey[0] !== me.queryKey[0] });
      void navigate({ to: "/" });
    },
  });
  if (here.accounts.length < 2) return <CompanyFace here={here} />;
  return (
    <Menu position="bottom-start" width={260} defaultOpened={opened}>
      <Menu.Target>
        <CompanyFace here={here} />
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

interface PersonMenuProps {
  here: AtDesk;
  opened: boolean;
  onKeys: () => void;
}

export function PersonMenu({ here, opened, onKeys }: PersonMenuProps) {
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
    <Menu position="top-start" width={248} defaultOpened={opened}>
      <Menu.Target>
        <PersonFace here={here} />
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
