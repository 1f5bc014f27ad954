// Who is at the desk, and in which company. Only for screens inside the desk: there it is always known.
import { useQuery } from "@tanstack/react-query";
import { type Company, type Here, me } from "../api/desk";

export type AtDesk = Here & { account: Company; user: NonNullable<Here["user"]> };

export function useHere(): AtDesk {
  const { data } = useQuery(me);
  if (!data?.account || !data.user) throw new Error("outside the desk");
  return data as AtDesk;
}
