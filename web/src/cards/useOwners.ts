// Whose a card is, by name; empty while that is being asked.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { colleagues } from "../api/desk";
import { useHere } from "../app/useHere";

export function useOwners(): (userId: number) => string {
  const { t } = useTranslation();
  const { user } = useHere();
  const people = useQuery(colleagues).data;
  const names = useMemo(() => people && new Map(people.map((each) => [each.id, each.name])), [people]);
  return useCallback(
    (userId) =>
      userId === user.id ? user.name : (names?.get(userId) ?? (names ? t("contacts.ownerGone") : "")),
    [names, t, user.id, user.name],
  );
}
