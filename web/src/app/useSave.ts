// A change asked of the server: busy while it runs, a sentence when it is refused, and what it changed is read anew.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { sentence } from "./sentence";
import { tell } from "./told";

interface Saving<In, Out> {
  /** The lists that it changes. */
  changes?: readonly string[];
  /** What to say when it is done. */
  said?: string;
  done?: (out: Out, given: In) => void;
  /** Where there is no form to show the refusal in. */
  loud?: boolean;
}

export function useSave<In, Out>(save: (given: In) => Promise<Out>, about: Saving<In, Out> = {}) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: save,
    onSuccess: async (out, given) => {
      await Promise.all((about.changes ?? []).map((name) => client.invalidateQueries({ queryKey: [name] })));
      if (about.said !== undefined) tell(about.said);
      about.done?.(out, given);
    },
    onError: (error) => {
      if (about.loud) tell(sentence(error), "bad");
    },
  });
  return {
    save: mutation.mutate,
    busy: mutation.isPending,
    why: mutation.error === null ? null : sentence(mutation.error),
    error: mutation.error,
    clear: mutation.reset,
  };
}
