// What went wrong in the background and is still open for me (docs/desk.md).
import { infiniteQueryOptions } from "@tanstack/react-query";
import { get, post } from "./client";

interface About {
  id: string;
  count: number;
  first_at: number;
  last_at: number;
}

interface OfWebhook {
  webhook_id: number;
  host: string;
  status: number; // 0: no answer
}

export interface OfRecordings {
  host: string;
  pbx_id: number | null;
  code: string;
  detail?: string;
  call_id?: number;
}

export type Alert = About &
  (
    | { kind: "webhook_bad" | "webhook_off"; details: OfWebhook }
    | { kind: "recordings_bad" | "recording_lost"; details: OfRecordings }
    | { kind: "store_bad"; details: object }
    | { kind: "pbx_silent"; details: { pbx_id: number; name: string; heard_at: number | null } }
    | { kind: "page"; details: { header: string; text: string } }
  );

interface PageOfAlerts {
  alerts: Alert[];
  after: string | null;
}

const PAGE = 30; // alerts

/** The latest first. */
export const alerts = infiniteQueryOptions({
  queryKey: ["alerts"],
  queryFn: ({ pageParam }) =>
    get<PageOfAlerts>(`/desk/alerts?limit=${String(PAGE)}&after=${encodeURIComponent(pageParam ?? "")}`),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.after,
});

export const closeAlert = (id: string) => post(`/desk/alerts/${id}/close`);
export const closeAlerts = (until: number) => post("/desk/alerts/close", { until });
