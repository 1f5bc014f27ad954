// From the door to the desk: who has come is known, and nothing of who was here before is kept.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { type Here, me } from "../api/desk";
import { speak } from "../app/texts";

export function useEnter(): (here: Here, to?: string) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  return async (here, to = "/") => {
    client.clear();
    client.setQueryData(me.queryKey, here);
    await speak(here.language);
    if (here.account) router.history.push(to);
    else await navigate({ to: "/choose", search: to === "/" ? {} : { to } });
  };
}
