// What the day's page asks besides debts and the unsorted.
import { queryOptions } from "@tanstack/react-query";
import type { Call, CardOf } from "./calls";
import { get } from "./client";
import type { Whose } from "./inbox";

export interface DayTask {
  id: number;
  text: string;
  complete_till: number;
  responsible_user_id: number;
  card: CardOf | null;
}

interface PageOfTasks {
  tasks: DayTask[];
  after: string | null;
}

/** `mine`, as the desk knows them, is only there so that a change of one's own tasks is asked for at once. */
export const dayTasks = (
  whose: Whose,
  when: "overdue" | "today",
  mine: readonly { id: number }[] | undefined,
) =>
  queryOptions({
    queryKey: ["tasks", "day", whose, when, (mine ?? []).map((task) => task.id).join()],
    queryFn: () => get<PageOfTasks>(`/desk/tasks?whose=${whose}&when=${when}&limit=10`),
    placeholderData: (before) => before,
  });

export const toFinish = queryOptions({
  queryKey: ["to-finish"],
  queryFn: () => get<{ calls: Call[]; more: boolean }>("/desk/calls/to-finish"),
  staleTime: 60_000,
});
