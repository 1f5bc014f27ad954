// What is done with a task: completed with a result, put off, opened again.
import { useQueryClient } from "@tanstack/react-query";
import type { Task } from "../api/cards";
import { patch } from "../api/client";
import { useSave } from "../app/useSave";

export function useTask(task: Task) {
  const client = useQueryClient();
  return useSave((change: object) => patch(`/api/v4/tasks/${String(task.id)}`, change), {
    changes: ["tasks"],
    done: () => {
      if (task.entity !== null && task.entity_id !== null) {
        void client.invalidateQueries({ queryKey: ["timeline", task.entity, String(task.entity_id)] });
      }
    },
  });
}
