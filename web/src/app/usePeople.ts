// Who works here, by name: for showing whose something is, and for choosing one.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { colleagues } from "../api/desk";
import { useHere } from "./useHere";

export interface People {
  /** Empty while it is being asked. */
  nameOf: (id: number) => string;
  choices: { value: string; label: string }[];
}

export function usePeople(): People {
  const { t } = useTranslation();
  const { user } = useHere();
  const people = useQuery(colleagues).data;
  return useMemo(() => {
    const names = new Map(people?.map((each) => [each.id, each.name]));
    return {
      nameOf: (id) => (id === user.id ? user.name : (names.get(id) ?? (people ? t("calls.userGone") : ""))),
      choices: (people ?? []).map((each) => ({ value: String(each.id), label: each.name })),
    };
  }, [people, t, user.id, user.name]);
}
