// The desk hears what happens: what is shown of it is asked anew, a moment later and all together.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Unreachable } from "../api/client";
import { me } from "../api/desk";
import { apply, begin } from "../live/desk";
import type { Told } from "../live/facts.gen";
import { Live, type State } from "../live/socket";
import { deskNow, showDesk, tellFacts } from "../live/store";
import { lost } from "./connection";
import { staleBy } from "./stale";

const TOGETHER = 500; // ms: facts come in bursts, and a list is asked for once

/** Hears for this company; whether it does. */
export function useLive(accountId: number): State {
  const client = useQueryClient();
  const [state, setState] = useState<State>("starting");
  useEffect(() => {
    const askAnew = gathered(client);
    const live = new Live({
      started: (first) => {
        if (deskNow()) void client.invalidateQueries();
        showDesk(begin(first));
      },
      told: (facts) => {
        const heardAt = performance.now();
        const before = deskNow();
        if (before) {
          const desk = facts.reduce(apply, before);
          showDesk(desk, heardAt);
          tellFacts(facts, heardAt, before);
          if (desk.old) live.startAgain();
        }
        askAnew.add(facts);
      },
      state: (next) => {
        setState(next);
        if (next === "out") void client.invalidateQueries({ queryKey: me.queryKey });
      },
      failed: (error) => {
        if (error instanceof Unreachable) lost();
      },
    });
    return () => {
      live.close();
      askAnew.stop();
      showDesk(undefined);
    };
  }, [client, accountId]);
  return state;
}

function gathered(client: QueryClient): { add: (facts: Told[]) => void; stop: () => void } {
  const waiting = new Map<string, ReturnType<typeof staleBy>[number]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const { key, exact, later } of waiting.values())
      void client.invalidateQueries({ queryKey: key, exact, ...(later && { refetchType: "none" }) });
    waiting.clear();
  };
  return {
    add: (facts) => {
      for (const stale of facts.flatMap(staleBy)) waiting.set(JSON.stringify(stale), stale);
      if (waiting.size > 0) timer ??= setTimeout(flush, TOGETHER);
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}
