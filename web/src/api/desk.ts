// What the server's /desk and the few lists of /api/v4 that we show look like (docs/desk.md), and the questions about them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, post } from "./client";
import type { Contact as ContactOfApi } from "./types.gen";

export type Language = "ru" | "en";
export type Level = "A" | "G" | "M" | "L" | "D";

export interface CardRights {
  view: Level;
  edit: Level;
  add: Level;
  delete: Level;
  export: Level;
}

export interface Rights {
  leads: CardRights;
  contacts: CardRights;
  companies: CardRights;
  tasks: { edit: Level; delete: Level };
  mail_access: boolean;
  catalog_access: boolean;
  status_rights: { entity_type: string; pipeline_id: number; status_id: number; rights: object }[] | null;
}

export interface Company {
  id: number;
  name: string;
  subdomain: string;
  country: string;
  currency: string;
  time_zone: string;
  language: Language;
  is_demo: boolean;
}

export interface Membership {
  id: number;
  name: string;
  subdomain: string;
  user_id: number;
  is_demo: boolean;
}

export interface Here {
  person: { id: number; name: string; email: string; language: Language };
  accounts: Membership[];
  account: Company | null;
  user: { id: number; name: string; email: string; is_admin: boolean; is_free: boolean } | null;
  rights: Rights | null;
  language: Language;
  scope: "whole" | "desk";
}

export interface Door {
  first_run: boolean;
  signed_in: boolean;
}

export interface LinkAsked {
  kind: "sign_in" | "invite" | "reset" | "first_run";
  email: string | null;
  name: string | null;
  company: string | null;
  has_password: boolean;
  expires_at: number;
}

export interface Session {
  id: string;
  is_this: boolean;
  created_at: number;
  seen_at: number;
  expires_at: number;
  address: string;
  agent: string;
  scope: "whole" | "desk";
  account: string | null;
}

export interface ConsentAsked {
  name: string;
  client_id: string;
  redirect_uri: string;
  scopes: string[];
  by_admin: boolean;
  account: { id: number; name: string };
}

export interface User {
  id: number;
  name: string;
  email: string;
  lang: Language;
  phone_number: string | null;
  group_id: number | null;
  role_id: number | null;
  is_admin: boolean;
  is_free: boolean;
  is_active: boolean;
  joined: boolean;
  rights: Rights;
  created_at: number;
}

/** What everybody may know of those who work here. */
export interface Colleague {
  id: number;
  name: string;
  group_id: number;
  group_name: string;
}

export interface Group {
  id: number;
  name: string;
  users: number;
}

export interface Role {
  id: number;
  name: string;
  rights: Rights;
  users: number;
}

export interface AuditRow {
  id: number;
  at: number;
  user_id: number;
  deed: string;
  subject: string;
  details: Record<string, unknown>;
  address: string;
}

export interface Integration {
  id: string;
  name: string;
  redirect_uri: string;
  uninstall_url: string;
  scopes: string[];
  is_active: boolean;
  created_at: number;
  created_by: number;
  grants: number;
}

export interface Token {
  id: string;
  name: string;
  user_id: number;
  integration: string | null;
  created_at: number;
  expires_at: number;
}

export interface OneTimeLink {
  kind: "invite" | "reset";
  link: string;
  expires_at: number;
}

/** How many there are that one may see; `more` when counting stopped at the limit. */
export interface Counts {
  contacts: { count: number; more: boolean };
  leads: { count: number; more: boolean };
}

export interface FieldValue {
  field_id: number;
  field_name: string;
  field_code: string | null;
  values: { value: unknown; enum_code?: string }[];
}

export interface Contact extends Omit<ContactOfApi, "custom_fields_values" | "_embedded"> {
  custom_fields_values: FieldValue[] | null;
  _embedded: { tags: { id: number; name: string }[]; companies: { id: number; name?: string }[] };
}

interface Page<Name extends string, T> {
  _links: { next?: { href: string } };
  _embedded: Record<Name, T[]>;
}

const list = <Name extends string, T>(name: Name, path = name) =>
  queryOptions({
    queryKey: [name],
    queryFn: async () => (await get<Record<Name, T[]>>(`/desk/${path}`))[name],
  });

export const door = queryOptions({
  queryKey: ["door"],
  queryFn: () => get<Door>("/desk/door"),
  staleTime: 0,
});
export const me = queryOptions({ queryKey: ["me"], queryFn: () => get<Here>("/desk/me"), staleTime: 60_000 });
export const linkOf = (token: string) =>
  queryOptions({
    queryKey: ["link", token],
    queryFn: () => post<LinkAsked>("/desk/link/look", { token }),
    staleTime: Infinity,
  });
export const consent = (clientId: string) =>
  queryOptions({
    queryKey: ["consent", clientId],
    queryFn: () => get<ConsentAsked>(`/desk/oauth/request?client_id=${encodeURIComponent(clientId)}`),
  });
export const sessions = list<"sessions", Session>("sessions");
export const users = list<"users", User>("users");
export const colleagues = list<"colleagues", Colleague>("colleagues");
export const groups = list<"groups", Group>("groups");
export const roles = list<"roles", Role>("roles");
export const integrations = list<"integrations", Integration>("integrations");
export const tokens = list<"tokens", Token>("tokens");
export const company = queryOptions({ queryKey: ["company"], queryFn: () => get<Company>("/desk/company") });
export const counts = queryOptions({ queryKey: ["counts"], queryFn: () => get<Counts>("/desk/counts") });

export const audit = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ pageParam }) =>
    get<{ audit: AuditRow[]; before: number | null }>(
      `/desk/audit?limit=50${pageParam === null ? "" : `&before=${String(pageParam)}`}`,
    ),
  initialPageParam: null as number | null,
  getNextPageParam: (last) => last.before,
});

/** Contacts, newest change first; each page says where the next one is. */
export const contacts = infiniteQueryOptions({
  queryKey: ["contacts"],
  queryFn: ({ pageParam }) => get<Page<"contacts", Contact> | undefined>(pageParam),
  initialPageParam: "/api/v4/contacts?limit=100&order[updated_at]=desc",
  getNextPageParam: (last) => samePlace(last?._links.next?.href),
});

/** A link of the API without its host: we ask only the server that we came from. */
export function samePlace(href: string | undefined): string | undefined {
  if (href === undefined) return undefined;
  const url = new URL(href, "http://here");
  return url.pathname + url.search;
}
