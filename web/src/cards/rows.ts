// The question for a table's rows, page by page.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { get } from "../api/client";
import { type Filter, type Kind, queryOf, type Rows } from "../api/table";

const PAGE = "100"; // rows

export const tableRows = (kind: Kind, filter: Filter, timeZone: string) =>
  infiniteQueryOptions({
    queryKey: ["table", kind, "rows", filter],
    queryFn: ({ pageParam }) =>
      get<Rows>(
        `/desk/table/${kind}?${queryOf(filter, timeZone, { limit: PAGE, ...(pageParam === "" ? {} : { after: pageParam }) })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.after ?? undefined,
    staleTime: 30_000, // what changes meanwhile is told: fresh.ts
    refetchOnWindowFocus: false,
  });
