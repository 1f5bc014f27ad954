// Written by `make types` from the structs of server/trubka/api: change that, not this.

/** All of it at once: what is left out ends. */
export interface Absence {
  quiet_until?: number | null;
  away_from?: number | null;
  away_until?: number | null;
  deputy_id?: number | null;
}

export interface Accepted {
  uid: string;
  pipeline_id: number;
  category: string;
  created_at: number;
  _embedded: UnsortedCards;
}

export interface Account {
  id: number;
  name: string;
  subdomain: string;
  created_at: number;
  created_by: number;
  updated_at: number;
  updated_by: number;
  current_user_id: number;
  country: string;
  currency: string;
  currency_symbol: string | null;
  customers_mode: string;
  is_unsorted_on: boolean;
  mobile_feature_version: number;
  is_loss_reason_enabled: boolean;
  is_helpbot_enabled: boolean;
  is_technical_account: boolean;
  contact_name_display_order: number;
  language: string;
  amojo_id?: string;
  uuid?: string;
  version?: number;
  drive_url?: string;
  is_api_filter_enabled?: boolean;
  entity_names?: unknown;
  invoices_settings?: Invoices;
  _links: Self;
  _embedded: AccountEmbedded;
}

/** What is unset stays as it is. */
export interface AccountChange {
  name?: string;
  country?: string;
  currency?: string;
  time_zone?: string;
  language?: string;
}

/** People, rights, fields, pipelines or tokens: what processes and browsers keep in memory is old. */
export interface AccountChanged {
  fact: "account_changed";
  by: number;
  at: number;
  what: string;
}

export interface AccountEmbedded {
  amojo_rights?: AmojoRights;
  users_groups?: Group[];
  task_types?: TaskType[];
  datetime_settings?: Times;
  entity_names?: unknown;
}

/** `id` is the note's. */
export interface AddedCall {
  id: number;
  entity_id: number;
  entity_type: string;
  account_id: number;
  request_id: string;
  _embedded: OfCard;
}

export interface AddedCalls {
  calls: AddedCall[];
}

export interface AddedUnsorted {
  uid: string;
  account_id: number;
  request_id: string;
  _links: Self;
  _embedded: UnsortedCards;
}

export interface AddedUnsortedList {
  unsorted: AddedUnsorted[];
}

/** By the user; or by itself, since the trouble is over. */
export interface AlertClosed {
  fact: "alert_closed";
  by: number;
  at: number;
  id: string;
  user: number;
}

/** Something has gone wrong in the background, perhaps once more: told to this user alone. */
export interface AlertRaised {
  fact: "alert_raised";
  by: number;
  at: number;
  id: string;
  user: number;
  kind: string;
}

export interface AmojoRights {
  can_direct: boolean;
  can_create_groups: boolean;
}

/** A call that an integration announces to this user. */
export interface Announced {
  id: string;
  number: string;
  entity: Entity | null;
  entity_id: number | null;
  created_at: number;
  until: number;
}

/** Somebody of ours talks, or another of us does now. */
export interface CallAnswered {
  fact: "call_answered";
  by: number;
  at: number;
  id: number;
  users: number[];
  user?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  going?: Going | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

export interface CallChange {
  status?: number | null;
  result?: string | null;
  card?: DeskCallsCardChoice | null;
}

/** Its card, its outcome or its recording is another; or it is held, or goes on in another way. */
export interface CallChanged {
  fact: "call_changed";
  by: number;
  at: number;
  id: number;
  users: number[];
  entity?: Entity | null;
  entity_id?: number | null;
  going?: Going | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

export interface CallEnded {
  fact: "call_ended";
  by: number;
  at: number;
  id: number;
  users: number[];
  missed?: boolean | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

/** It has joined another conversation, which alone is shown from now on. Told in place of a change, too, to those */
export interface CallGone {
  fact: "call_gone";
  by: number;
  at: number;
  id: number;
  users?: number[];
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** A call that is over. Integrations leave out what they do not know, or send null for it. */
export interface CallIn {
  direction: "inbound" | "outbound";
  phone: string;
  duration: number;
  source: string;
  uniq?: string | null;
  link?: string | null;
  call_responsible?: number | string | null;
  call_result?: string | null;
  call_status?: number | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  request_id?: string | null;
}

/** Others have told of a call that is over. `user` is offered the result window. */
export interface CallLogged {
  fact: "call_logged";
  by: number;
  at: number;
  id: number;
  users: number[];
  user?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** Others say that somebody calls right now (/api/v2/events). */
export interface CallNoticed {
  fact: "call_noticed";
  by: number;
  at: number;
  id: string;
  users?: number[] | null;
  entity?: Entity | null;
  entity_id?: number | null;
  number?: string;
  until?: number;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** A conversation has begun, or rings somebody else now. */
export interface CallRang {
  fact: "call_rang";
  by: number;
  at: number;
  id: number;
  users: number[];
  entity?: Entity | null;
  entity_id?: number | null;
  going?: Going | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

/** The card of a number, as it is chosen among several. */
export interface Caller {
  entity_type: string;
  entity_id: number;
  responsible_user_id: number;
}

export interface CallsTold {
  _total_items: number;
  errors: UnknownNumber[];
  _embedded: AddedCalls;
}

export interface CardAdded {
  fact: "card_added";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

/** A change as PATCH /api/v4/{cards}/{id} takes it, and what the one who changes has seen of it. */
export interface CardChange {
  change: unknown;
  seen?: Record<string, unknown>;
}

/** `changed` names what is different now; the old owner and the old status stand here when they are. */
export interface CardChanged {
  fact: "card_changed";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  changed?: string[];
  old_owner?: number | null;
  old_pipeline_id?: number | null;
  old_status_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
}

export interface CardDeleted {
  fact: "card_deleted";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface CardRestored {
  fact: "card_restored";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

/** For leads, contacts or companies. */
export interface CardRights {
  view?: "A" | "D" | "G" | "L" | "M";
  edit?: "A" | "D" | "G" | "L" | "M";
  add?: "A" | "D" | "G" | "L" | "M";
  delete?: "A" | "D" | "G" | "L" | "M";
  export?: "A" | "D" | "G" | "L" | "M";
}

/** Both cards with their owners; only the first can be a lead. */
export interface CardsBound {
  fact: "cards_bound";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  to_entity: Entity;
  to_id: number;
  owner: number;
  to_owner: number;
  pipeline_id?: number;
  status_id?: number;
}

/** Just the number of a card that was made, with the key of its sender. */
export interface CardsShown {
  id: number;
  request_id: string;
  _links: Self;
}

export interface CardsTagIn {
  id?: number | null;
  name?: string | null;
  color?: string | null;
}

export interface CardsUnbound {
  fact: "cards_unbound";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  to_entity: Entity;
  to_id: number;
  owner: number;
  to_owner: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface Changed {
  id: number;
  name?: string;
  updated_at: number;
  request_id: string;
  _links: Self;
}

export interface Choice {
  id: number;
}

/** `price`, or `f1101` for a custom field; the width in pixels. */
export interface Column {
  id: string;
  width: number;
}

export interface Columns {
  columns: Column[];
}

export interface CommandWish {
  command: "answer" | "decline" | "hang_up" | "hold" | "transfer" | "unhold";
  to?: number | null;
}

export interface Company {
  id: number;
  name: string;
  responsible_user_id: number;
  group_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  closest_task_at: number | null;
  is_deleted: boolean;
  custom_fields_values: unknown[] | null;
  account_id: number;
  _links: Self;
  _embedded: CompanyEmbedded;
}

export interface CompanyEmbedded {
  tags: Tag[];
  catalog_elements?: unknown[];
  contacts?: Ref[];
  leads?: Ref[];
  customers?: Ref[];
}

export interface CompanyIn {
  id?: number | null;
  name?: string | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  custom_fields_values?: Given[] | null;
  tags_to_add?: CardsTagIn[] | null;
  tags_to_delete?: CardsTagIn[] | null;
  request_id?: string | null;
  _embedded?: EmbeddedIn | null;
}

export interface Contact {
  id: number;
  name: string;
  responsible_user_id: number;
  group_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  closest_task_at: number | null;
  is_deleted: boolean;
  custom_fields_values: unknown[] | null;
  account_id: number;
  _links: Self;
  first_name: string;
  last_name: string;
  _embedded: ContactEmbedded;
}

export interface ContactEmbedded {
  tags: Tag[];
  catalog_elements?: unknown[];
  companies: Ref[];
  leads?: Ref[];
  customers?: Ref[];
  social_profiles?: unknown[];
}

export interface ContactIn {
  id?: number | null;
  name?: string | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  custom_fields_values?: Given[] | null;
  tags_to_add?: CardsTagIn[] | null;
  tags_to_delete?: CardsTagIn[] | null;
  request_id?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  _embedded?: EmbeddedIn | null;
}

export interface Count {
  total: number;
}

export interface Counts {
  sip: Count;
  mail: Count;
  forms: Count;
  chats: Count;
}

/** What a field does not have is left out, but for `code`, `enums`, `group_id` and `remind`. */
export interface CustomField {
  id: number;
  name: string;
  type: string;
  account_id: number;
  code: string | null;
  sort: number;
  is_api_only: boolean;
  enums: Enum[] | null;
  group_id: string | null;
  required_statuses: unknown[];
  is_deletable: boolean;
  is_predefined?: boolean;
  is_computed?: boolean;
  is_required?: boolean;
  is_visible?: boolean;
  settings?: unknown[];
  currency?: string;
  nested?: unknown[];
  entity_type: string;
  remind: string | null;
  _links: Self;
}

export interface Customer {
  id: number;
  name: string;
  responsible_user_id: number;
  group_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  closest_task_at: number | null;
  is_deleted: boolean;
  custom_fields_values: unknown[] | null;
  account_id: number;
  _links: Self;
  next_price: number;
  next_date: number;
  status_id: number;
  periodicity: number;
  ltv: number;
  purchases_count: number;
  average_check: number;
  _embedded: CustomerEmbedded;
}

export interface CustomerEmbedded {
  tags: Tag[];
  catalog_elements?: unknown[];
  segments: unknown[];
  contacts?: MainRef[];
  companies?: Ref[];
}

export interface CustomerIn {
  id?: number | null;
  name?: string | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  custom_fields_values?: Given[] | null;
  tags_to_add?: CardsTagIn[] | null;
  tags_to_delete?: CardsTagIn[] | null;
  request_id?: string | null;
  next_price?: number | null;
  next_date?: number | null;
  status_id?: number | null;
  periodicity?: number | null;
  _embedded?: EmbeddedIn | null;
}

export interface CustomerStatus {
  id: number;
  name: string;
  sort: number;
  is_default: boolean;
  conditions: unknown[];
  color: string;
  type: number;
  account_id: number;
  _links: Self;
}

export interface CustomerStatusesMadeStatus {
  id: number;
  request_id: string;
  _links: Self;
}

export interface CustomerStatusesStatusChange {
  name?: string | null;
  sort?: number | null;
  color?: string | null;
}

export interface CustomerStatusesStatusIn {
  name: string;
  sort?: number | null;
  color?: string | null;
  request_id?: string | null;
}

export interface DebtClosed {
  fact: "debt_closed";
  by: number;
  at: number;
  id: number;
  owner?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** Or they called again. */
export interface DebtOpened {
  fact: "debt_opened";
  by: number;
  at: number;
  id: number;
  call_id: number;
  owner?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

export interface Decision {
  client_id: string;
  allow: boolean;
  state?: string;
  mode?: string;
}

export interface Declined {
  uid: string;
  pipeline_id: number;
  category: string;
  created_at: number;
  _embedded: DeclinedCards;
}

export interface DeclinedCards {
  contacts: Ref[];
  leads: Ref[];
}

/** The tasks and alerts are one's own open ones; the calls those that one sees. By number, what is announced by its */
export interface Desk {
  user_id: number;
  tasks: OpenTask[];
  calls: LiveCall[];
  notices: Announced[];
  alerts: string[];
}

export interface DeskCallsCardChoice {
  entity: string;
  id: number;
}

export interface DeskCallsReason {
  reason: string;
}

export interface DeskResultsCardChoice {
  entity: "companies" | "contacts" | "customers" | "leads";
  id: number;
}

export interface DeskResultsResult {
  key: string;
  status?: number | null;
  result?: string | null;
  card?: DeskResultsCardChoice | null;
  contact?: NewContact | null;
  lead?: NewLead | null;
  task?: NewTask | null;
}

export interface DeskRoutingRings {
  rings: boolean;
}

export interface DestinationIn {
  destination: string;
}

/** How a PBX calls each kind of device; `{number}` is the extension's or the mobile's. */
export interface Dialling {
  desk?: string;
  browser?: string;
  mobile?: string;
  confirmed?: string;
}

export interface Domain {
  id: number;
  subdomain: string;
  domain: string;
  top_level_domain: string;
}

export interface EmbeddedIn {
  tags?: CardsTagIn[] | null;
}

/** The PBX takes the call into a queue of its own and keeps it: the last step. */
export interface EnterQueue {
  step: "queue";
  name: string;
}

/** The number is amoCRM's v2 `element_type` and stands in the tables. */
export type Entity = 1 | 2 | 3 | 4 | 12;

export interface Enum {
  id: number;
  value: string;
  sort: number;
  code?: string | null;
}

/** One value of a list. One that comes without its number is a new one. */
export interface EnumIn {
  value: string;
  id?: number | null;
  sort?: number | null;
  code?: string | null;
}

export interface Erasure {
  contact_id: number;
}

export interface Event {
  id: string;
  type: string;
  entity_id: number;
  entity_type: string;
  created_by: number;
  created_at: number;
  value_after: unknown[];
  value_before: unknown[];
  account_id: number;
  _links: Self;
  _embedded: EventsEmbedded;
}

export interface EventType {
  key: string;
  type: number;
  lang: string;
}

export interface EventsEmbedded {
  entity: Subject;
}

export interface Explained {
  line_id: number | null;
  caller: Caller | null;
  rings: RoutingRings[];
  then: string;
  reasons: Why[];
  answer: string | null;
}

/** These cards, or all that the filter of the address lets through; `heads` are the words over the columns. `begun` */
export interface Exported {
  columns: string[];
  heads?: string[];
  ids?: number[] | null;
  after?: number | null;
  begun?: string | null;
}

export interface Extensions {
  extensions: NewExtension[];
}

/** What is new since the position that was asked from, and the position after it. */
export interface Facts {
  position: string;
  facts: (CardAdded | CardChanged | CardDeleted | CardRestored | LeadMoved | CardsBound | CardsUnbound | NoteAdded | NoteChanged | TaskAdded | TaskChanged | TaskDeleted | CallRang | CallAnswered | CallEnded | CallLogged | CallChanged | CallGone | CallNoticed | NoticeClosed | AlertRaised | AlertClosed | DebtOpened | DebtClosed | UnsortedAdded | UnsortedChanged | UnsortedDecided | RoutingChanged | AccountChanged | SessionEnded | FactsGone)[];
}

/** Told in place of a change to those who saw the record before it and do not see it now; never recorded. */
export interface FactsGone {
  fact: "gone";
  by: number;
  at: number;
  entity: Entity;
  id: number;
}

/** The type may come along; it cannot be another one. */
export interface FieldChange {
  code?: string | null;
  sort?: number | null;
  group_id?: string | null;
  is_api_only?: boolean | null;
  is_visible?: boolean | null;
  is_required?: boolean | null;
  settings?: unknown[] | null;
  remind?: string | null;
  currency?: string | null;
  nested?: unknown[] | null;
  enums?: EnumIn[] | null;
  request_id?: string | null;
  name?: string | null;
  type?: string | null;
}

export interface FieldIn {
  code?: string | null;
  sort?: number | null;
  group_id?: string | null;
  is_api_only?: boolean | null;
  is_visible?: boolean | null;
  is_required?: boolean | null;
  settings?: unknown[] | null;
  remind?: string | null;
  currency?: string | null;
  nested?: unknown[] | null;
  enums?: EnumIn[] | null;
  request_id?: string | null;
  name: string;
  type: string;
}

export interface FieldsChange {
  code?: string | null;
  sort?: number | null;
  group_id?: string | null;
  is_api_only?: boolean | null;
  is_visible?: boolean | null;
  is_required?: boolean | null;
  settings?: unknown[] | null;
  remind?: string | null;
  currency?: string | null;
  nested?: unknown[] | null;
  enums?: EnumIn[] | null;
  request_id?: string | null;
  name?: string | null;
  type?: string | null;
  id: number;
}

export interface FilterChange {
  name?: string | null;
  is_shared?: boolean | null;
}

/** Of a new pipeline. 142 and 143 get another name by their numbers, the unsorted by its type. */
export interface FirstStatusIn {
  name?: string | null;
  sort?: number | null;
  color?: string | null;
  request_id?: string | null;
  id?: 142 | 143 | null;
  type?: 0 | 1 | null;
}

export interface FormIn {
  source_uid?: string | null;
  source_name?: string | null;
  pipeline_id?: number | null;
  created_at?: number | null;
  request_id?: string | null;
  _embedded?: UnsortedEmbeddedIn | null;
  metadata?: FormMetadataIn | null;
}

export interface FormMetadataIn {
  form_id?: string | null;
  form_name?: string | null;
  form_page?: string | null;
  form_sent_at?: number | null;
  form_type?: string | null;
  ip?: string | null;
  referer?: string | null;
  visitor_uid?: string | null;
}

/** One item of `custom_fields_values` as it was sent; the name and type that come along say nothing. */
export interface Given {
  field_id?: number | null;
  field_code?: string | null;
  values?: unknown[] | null;
}

/** A call that goes on, as it stands: with it a card is on the screen before anything is asked. Users of ours by */
export interface Going {
  direction: string;
  number: string | null;
  line: string | null;
  started_at: number;
  answered_at: number | null;
  caller: number | null;
  ringing: number[];
  talking: number[];
  talks_at: string | null;
  on_hold: boolean;
  queue: string | null;
  sent_by: number | null;
}

export interface Group {
  id: number;
  name: string;
  uuid: string | null;
}

export interface GroupName {
  name: string;
}

export interface GroupRef {
  id: number;
  name: string;
}

export interface Heard {
  heard: number;
}

export interface Hours {
  name: string;
  time_zone?: string | null;
  week: [number, number][][];
  holidays?: Record<string, [number, number][]>;
}

/** What is unset stays as it is. */
export interface IntegrationsChange {
  name?: string;
  redirect_uri?: string;
  uninstall_url?: string;
  is_active?: boolean;
}

export interface Invited {
  name: string;
  email: string;
  lang?: string;
  phone_number?: string | null;
  group_id?: number | null;
  role_id?: number | null;
  is_admin?: boolean;
  is_free?: boolean;
  rights?: Rights;
}

export interface Invoices {
  lang: string;
  invoices_catalog_id: number | null;
}

export interface Keeping {
  days: number | null;
}

export interface Lead {
  id: number;
  name: string;
  responsible_user_id: number;
  group_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  closest_task_at: number | null;
  is_deleted: boolean;
  custom_fields_values: unknown[] | null;
  account_id: number;
  _links: Self;
  price: number;
  status_id: number;
  pipeline_id: number;
  loss_reason_id: number | null;
  closed_at: number | null;
  score: number | null;
  labor_cost: number | null;
  source_id?: number | null;
  is_price_modified_by_robot?: boolean;
  _embedded: LeadEmbedded;
}

export interface LeadEmbedded {
  tags: Tag[];
  catalog_elements?: unknown[];
  companies: Ref[];
  contacts?: MainRef[];
  loss_reason?: LossReason[];
}

export interface LeadEmbeddedIn {
  tags?: CardsTagIn[] | null;
  contacts?: MainRefIn[] | null;
  companies?: RefIn[] | null;
}

export interface LeadIn {
  id?: number | null;
  name?: string | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  custom_fields_values?: Given[] | null;
  tags_to_add?: CardsTagIn[] | null;
  tags_to_delete?: CardsTagIn[] | null;
  request_id?: string | null;
  price?: number | null;
  status_id?: number | null;
  pipeline_id?: number | null;
  loss_reason_id?: number | null;
  closed_at?: number | null;
  visitor_uid?: string | null;
  _embedded?: LeadEmbeddedIn | null;
}

/** To another status, perhaps of another pipeline. */
export interface LeadMoved {
  fact: "lead_moved";
  by: number;
  at: number;
  id: number;
  owner: number;
  pipeline_id: number;
  status_id: number;
  old_pipeline_id: number;
  old_status_id: number;
  old_owner?: number | null;
}

/** A deleted lead, of which little is told. */
export interface LeadsGone {
  id: number;
  updated_at: number;
  updated_by: number;
  is_deleted: boolean;
  _links: Self;
}

export interface LineChange {
  number?: string;
  name?: string;
  pbx_id?: number | null;
  schedule_id?: number | null;
  plan?: (RingOwner | RingUsers | RingGroup | EnterQueue)[];
  closed_plan?: (RingOwner | RingUsers | RingGroup | EnterQueue)[];
  fallback?: string;
  is_active?: boolean;
}

export interface Link {
  href: string;
}

/** What the page of a link sends, with the token of the link. */
export interface LinkForm {
  name?: string;
  password?: string;
  company?: string;
  email?: string;
  country?: string;
  language?: string;
  time_zone?: string;
  currency?: string;
  token: string;
}

export interface LinkIn {
  entity_id?: number | null;
  to_entity_id: number;
  to_entity_type: string;
  metadata?: LinksLinkMetadataIn | null;
  request_id?: string | null;
}

export interface LinkMetadata {
  main_contact: boolean;
}

/** The card that the link begins at is told where it is not plain from the address. */
export interface LinkShown {
  entity_id?: number;
  entity_type?: string;
  to_entity_id: number;
  to_entity_type: string;
  metadata: LinkMetadata | null;
}

export interface LinkToIn {
  entity_id: number;
  entity_type: "customers" | "leads";
  metadata?: UnsortedLinkMetadataIn | null;
}

export interface LinkToken {
  token: string;
}

export interface LinkUnsortedIn {
  link: LinkToIn;
  user_id?: number | null;
}

export interface Linked {
  uid: string;
  _embedded: LinkedCards;
}

export interface LinkedCards {
  leads?: Ref[] | null;
  customers?: Ref[] | null;
}

export interface LinksLinkMetadataIn {
  is_main?: boolean | null;
  main_contact?: boolean | null;
  updated_by?: number | null;
}

/** A call that goes on; its card as far as one may see it. `mine`: I see it whatever its card is. */
export interface LiveCall {
  id: number;
  entity: Entity | null;
  entity_id: number | null;
  going: Going;
  mine: boolean;
}

export interface LossReason {
  id: number;
  name: string;
  sort: number;
  created_at: number;
  updated_at: number;
}

export interface LossReasonsReason {
  id: number;
  name: string;
  sort: number;
  created_at: number;
  updated_at: number;
  _links: Self;
}

export interface Made {
  id: number;
  name: string;
  color: string | null;
  request_id: string;
}

export interface MadeField {
  id: number;
  name: string;
  type: string;
  account_id: number;
  code: string | null;
  sort: number;
  is_api_only: boolean;
  enums: Enum[] | null;
  group_id: string | null;
  required_statuses: unknown[];
  is_deletable: boolean;
  is_predefined?: boolean;
  is_computed?: boolean;
  is_required?: boolean;
  is_visible?: boolean;
  settings?: unknown[];
  currency?: string;
  nested?: unknown[];
  entity_type: string;
  remind: string | null;
  _links: Self;
  request_id: string;
}

export interface MadePipeline {
  id: number;
  name: string;
  sort: number;
  is_main: boolean;
  is_unsorted_on: boolean;
  is_archive: boolean;
  account_id: number;
  _links: Self;
  _embedded: Statuses;
  request_id: string;
}

export interface MadeReason {
  id: number;
  name: string;
  sort: number;
  created_at: number;
  updated_at: number;
  _links: Self;
  request_id: string;
}

export interface MainRef {
  id: number;
  _links: Self;
  is_main: boolean;
}

export interface MainRefIn {
  id: number;
  is_main?: boolean | null;
}

/** What is None or empty stays; `delete` goes alone. */
export interface ManyChange {
  ids: number[];
  responsible_user_id?: number | null;
  tags_to_add?: string[];
  tags_to_delete?: string[];
  pipeline_id?: number | null;
  status_id?: number | null;
  loss_reason_id?: number | null;
  delete?: boolean;
}

/** Of a call or of a form, as the category says. */
export interface MetadataIn {
  phone?: string | null;
  from?: string | null;
  call_responsible?: number | string | null;
  called_at?: number | null;
  duration?: number | null;
  link?: string | null;
  service_code?: string | null;
  uniq?: string | null;
  is_call_event_needed?: boolean | null;
  category?: "forms" | "sip" | null;
  form_id?: string | null;
  form_name?: string | null;
  form_page?: string | null;
  form_sent_at?: number | null;
  form_type?: string | null;
  ip?: string | null;
  referer?: string | null;
  visitor_uid?: string | null;
}

export interface ModeIn {
  mode: "periodicity" | "segments";
  is_enabled?: boolean;
}

export interface NewContact {
  name: string;
}

export interface NewExtension {
  number: string;
  kind?: "browser" | "desk" | "fmc" | "mobile";
  pbx_id?: number | null;
  device?: string;
  is_confirmed_by_key?: boolean;
  rings?: boolean;
}

export interface NewFilter {
  name: string;
  filter: Record<string, unknown>;
  is_shared?: boolean;
}

export interface NewIntegration {
  name: string;
  redirect_uri?: string;
  uninstall_url?: string;
}

export interface NewLead {
  name?: string;
  price?: number | null;
  pipeline_id?: number | null;
  status_id?: number | null;
}

export interface NewLine {
  number: string;
  name?: string;
  pbx_id?: number | null;
  schedule_id?: number | null;
  plan?: (RingOwner | RingUsers | RingGroup | EnterQueue)[];
  closed_plan?: (RingOwner | RingUsers | RingGroup | EnterQueue)[];
  fallback?: string;
  is_active?: boolean;
}

export interface NewPbx {
  kind: string;
  name: string;
  settings?: PbxSettings;
  trunks?: string[];
  secret?: string;
}

export interface NewRole {
  name: string;
  rights: Rights;
}

export interface NewTask {
  complete_till: number;
  text?: string;
  task_type_id?: number | null;
}

export interface NewToken {
  name: string;
  days: number;
}

export interface Note {
  id: number;
  entity_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  responsible_user_id: number;
  group_id: number;
  note_type: string;
  params: unknown;
  account_id: number;
  is_pinned?: boolean;
  _links: Self;
}

/** The owner is the card's. */
export interface NoteAdded {
  fact: "note_added";
  by: number;
  at: number;
  id: number;
  entity: Entity;
  entity_id: number;
  note_type: string;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface NoteChanged {
  fact: "note_changed";
  by: number;
  at: number;
  id: number;
  entity: Entity;
  entity_id: number;
  note_type: string;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

/** A new note or a change to one; keys that only the server writes are taken and say nothing. */
export interface NoteIn {
  id?: number | null;
  entity_id?: number | null;
  note_type?: string | null;
  params?: unknown;
  created_by?: number | null;
  updated_by?: number | null;
  responsible_user_id?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  is_need_to_trigger_digital_pipeline?: boolean | null;
  request_id?: string | null;
}

/** `element_type`: 1 contact, 2 lead, 3 company, 12 customer; null when nobody has the number. */
export interface Noted {
  element_id: number | null;
  element_type: number | null;
  uid: string;
  phone_number: string;
}

export interface NotedV4 {
  element_id: number | null;
  element_type: number | null;
  uid: string;
  phone_number: string;
  entity_id: number | null;
  entity_type: string | null;
  request_id: string;
}

/** What is told of a note that was made or changed. */
export interface NotesShown {
  id: number;
  entity_id: number;
  updated_at?: number;
  request_id: string;
  _links: Self;
}

/** By `by` for himself; or for all, when it joined a conversation. */
export interface NoticeClosed {
  fact: "notice_closed";
  by: number;
  at: number;
  id: string;
  users?: number[] | null;
  call_id?: number | null;
}

export interface OfCard {
  entity: Ref;
}

/** A call that rings there, or that it talks in. */
export interface OnExtension {
  id: number;
  state: string;
  direction: string;
  phone: string | null;
  line: string | null;
  started_at: number;
  entity_type: string | null;
  entity_id: number | null;
}

export interface OpenTask {
  id: number;
  complete_till: number;
  entity: Entity | null;
  entity_id: number | null;
}

export interface Owner {
  user_id?: number | null;
}

export interface Passwords {
  new_password: string;
  password?: string;
}

export interface PbxChange {
  name?: string;
  settings?: PbxSettings;
  trunks?: string[];
  is_active?: boolean;
}

/** How it dials; what a kind of PBX needs besides stands in `more`. */
export interface PbxSettings {
  dialling?: Dialling;
  more?: Record<string, string | number | boolean>;
}

export interface PersonChange {
  name?: string | null;
  language?: string | null;
}

export interface Pipeline {
  id: number;
  name: string;
  sort: number;
  is_main: boolean;
  is_unsorted_on: boolean;
  is_archive: boolean;
  account_id: number;
  _links: Self;
  _embedded: Statuses;
}

export interface PipelineChange {
  name?: string | null;
  sort?: number | null;
  is_main?: boolean | null;
  is_unsorted_on?: boolean | null;
  request_id?: string | null;
}

export interface PipelineIn {
  name: string;
  sort?: number | null;
  is_main?: boolean | null;
  is_unsorted_on?: boolean | null;
  _embedded?: StatusesIn | null;
  request_id?: string | null;
}

export interface PipelinesMadeStatus {
  id: number;
  name: string;
  sort: number;
  is_editable: boolean;
  pipeline_id: number;
  color: string;
  type: number;
  account_id: number;
  descriptions?: unknown[];
  _links: Self;
  request_id: string;
}

export interface PipelinesStatusChange {
  name?: string | null;
  sort?: number | null;
  color?: string | null;
  request_id?: string | null;
}

export interface PipelinesStatusIn {
  name: string;
  sort?: number | null;
  color?: string | null;
  request_id?: string | null;
}

export interface ReasonChange {
  name?: string | null;
  sort?: number | null;
}

export interface ReasonIn {
  name: string;
  sort?: number | null;
  request_id?: string | null;
}

/** A record that is named inside another one. */
export interface Ref {
  id: number;
  _links: Self;
}

export interface RefIn {
  id: number;
}

export interface Responsible {
  responsible_user_id: number;
  name: string;
  email: string;
  phone_number: string | null;
  extensions: string[];
  entity_type: string;
  entity_id: number;
}

/** What stands in a role, or with a user who has none. */
export interface Rights {
  leads?: CardRights;
  contacts?: CardRights;
  companies?: CardRights;
  tasks?: TaskRights;
  mail_access?: boolean;
  catalog_access?: boolean;
  status_rights?: StatusRights[] | null;
}

/** What is not said is left to the general rights of leads. */
export interface RightsStatusLevels {
  view?: "A" | "D" | null;
  edit?: "A" | "D" | null;
  delete?: "A" | "D" | null;
  export?: "A" | "D" | null;
}

/** Everybody of a group; 0 is the default one. */
export interface RingGroup {
  step: "group";
  id: number;
  seconds?: number;
}

/** The devices of whoever is responsible for the caller's card. */
export interface RingOwner {
  step: "owner";
  seconds?: number;
}

export interface RingUsers {
  step: "users";
  ids: number[];
  seconds?: number;
}

export interface RingWish {
  caller?: "known" | "unknown";
  to?: "group" | "me";
  number?: string | null;
}

export interface Role {
  id: number;
  name: string;
  rights: RoleRights;
  request_id?: string;
  _links: Self;
  _embedded: RoleEmbedded;
}

export interface RoleChange {
  name?: string | null;
  rights?: Rights | null;
}

export interface RoleEmbedded {
  users?: number[];
}

export interface RoleIn {
  name?: string | null;
  rights?: unknown;
  request_id?: string | null;
}

export interface RoleRef {
  id: number;
  name: string;
  _links: Self;
}

export interface RoleRights {
  leads: CardRights;
  contacts: CardRights;
  companies: CardRights;
  tasks: TaskRights;
  mail_access: boolean;
  catalog_access: boolean;
  status_rights: ShownStatus[] | null;
}

/** Lines, plans, hours, extensions, absence: who rings may be another now. */
export interface RoutingChanged {
  fact: "routing_changed";
  by: number;
  at: number;
  what: string;
}

export interface RoutingRings {
  users: number[];
  seconds: number;
  dial: string[] | null;
}

export interface Self {
  self: Link;
}

/** A browser is signed out, or stands in another company now: its sockets end. Told to nobody. */
export interface SessionEnded {
  fact: "session_ended";
  by: number;
  at: number;
  session: string;
}

export interface ShownStatus {
  entity_type: string;
  pipeline_id: number;
  status_id: number;
  rights: UsersStatusLevels;
}

export interface SignIn {
  email: string;
  password: string;
}

export interface SipIn {
  source_uid?: string | null;
  source_name?: string | null;
  pipeline_id?: number | null;
  created_at?: number | null;
  request_id?: string | null;
  _embedded?: UnsortedEmbeddedIn | null;
  metadata?: SipMetadataIn | null;
}

/** A call. Who called stands in `phone`, or in `from` where `phone` is an extension. */
export interface SipMetadataIn {
  phone?: string | null;
  from?: string | null;
  call_responsible?: number | string | null;
  called_at?: number | null;
  duration?: number | null;
  link?: string | null;
  service_code?: string | null;
  uniq?: string | null;
  is_call_event_needed?: boolean | null;
}

export interface Snapshot {
  position: string;
  desk: Desk;
}

export interface SourceIn {
  external_id?: string | null;
  type?: string | null;
}

export interface State {
  extension: string;
  calls: OnExtension[];
}

export interface Status {
  id: number;
  name: string;
  sort: number;
  is_editable: boolean;
  pipeline_id: number;
  color: string;
  type: number;
  account_id: number;
  descriptions?: unknown[];
  _links: Self;
}

/** What a status of a pipeline allows, whatever the general rights of leads say. */
export interface StatusRights {
  pipeline_id: number;
  status_id: number;
  rights: RightsStatusLevels;
  entity_type?: string;
}

export interface Statuses {
  statuses: Status[];
}

export interface StatusesIn {
  statuses?: FirstStatusIn[] | null;
}

/** What a line tells of. */
export interface Subject {
  id: number;
  name?: string | null;
  _links: Self;
}

export interface Summary {
  total: number;
  accepted: number;
  declined: number;
  average_sort_time: number;
  categories: Counts;
}

export interface Tag {
  id: number;
  name: string;
  color: string | null;
}

export interface TagsTagIn {
  id?: number | null;
  name?: string | null;
  color?: string | null;
  request_id?: string | null;
}

/** `result` is an empty list while there is none. */
export interface Task {
  id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  responsible_user_id: number;
  group_id: number;
  entity_id: number | null;
  entity_type: string | null;
  duration: number;
  is_completed: boolean;
  task_type_id: number;
  text: string;
  result: unknown[] | TasksResult;
  complete_till: number;
  account_id: number;
  _links: Self;
}

export interface TaskAdded {
  fact: "task_added";
  by: number;
  at: number;
  id: number;
  owner: number;
  entity?: Entity | null;
  entity_id?: number | null;
  complete_till?: number;
  is_completed?: boolean;
}

export interface TaskChanged {
  fact: "task_changed";
  by: number;
  at: number;
  id: number;
  owner: number;
  completed?: boolean;
  old_owner?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  complete_till?: number;
  is_completed?: boolean;
}

export interface TaskDeleted {
  fact: "task_deleted";
  by: number;
  at: number;
  id: number;
  owner: number;
}

/** A new task or a change to one; keys that only the server writes are taken and say nothing. */
export interface TaskIn {
  id?: number | null;
  text?: string | null;
  complete_till?: number | null;
  task_type_id?: number | null;
  entity_id?: number | null;
  entity_type?: string | null;
  responsible_user_id?: number | null;
  is_completed?: boolean | null;
  duration?: number | null;
  result?: unknown;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  request_id?: string | null;
}

export interface TaskRights {
  edit?: "A" | "D" | "G" | "L" | "M";
  delete?: "A" | "D" | "G" | "L" | "M";
}

export interface TaskType {
  id: number;
  name: string;
  color?: string | null;
  icon_id?: number | null;
  code?: string | null;
}

export interface TasksResult {
  text: string;
}

/** What is told of a task that was made or changed. */
export interface TasksShown {
  id: number;
  updated_at?: number;
  request_id: string;
  _links: Self;
}

/** `date_formant` is how amoCRM's own documents misspell it. */
export interface Times {
  date_pattern: string;
  short_date_pattern: string;
  short_time_pattern: string;
  date_format: string;
  date_formant: string;
  time_format: string;
  timezone: string;
  timezone_offset: string;
}

export interface TokenPair {
  token_type: string;
  expires_in: number;
  server_time: number;
  access_token: string;
  refresh_token: string;
}

/** JSON, or a form. What a kind of grant needs is checked in the endpoint, in the words of OAuth. */
export interface TokenRequest {
  client_id?: string;
  client_secret?: string;
  grant_type?: string;
  code?: string;
  refresh_token?: string;
  redirect_uri?: string | null;
}

export interface Told {
  header: string;
  text: string;
  date?: number | null;
}

/** A call with a number that nobody has: it is not stored. */
export interface UnknownNumber {
  title?: string;
  status?: number;
  detail?: string;
  request_id: string;
}

export interface Unsorted {
  uid: string;
  source_uid: string | null;
  source_name: string | null;
  category: string;
  pipeline_id: number;
  created_at: number;
  metadata: Record<string, unknown>;
  account_id: number;
  _links: Self;
  _embedded: UnsortedCards;
}

export interface UnsortedAcceptIn {
  user_id?: number | null;
  status_id?: number | null;
}

export interface UnsortedAcceptIn {
  accept: string[];
  user_id?: number | null;
  status_id?: number | null;
}

export interface UnsortedAdded {
  fact: "unsorted_added";
  by: number;
  at: number;
  id: number;
  uid: string;
  category: string;
  lead_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  owner?: number;
  users?: number[];
}

export interface UnsortedCards {
  contacts: Ref[];
  leads: Ref[];
  companies: Ref[];
}

/** Somebody else told of the same call, and knew more of it. */
export interface UnsortedChanged {
  fact: "unsorted_changed";
  by: number;
  at: number;
  id: number;
  uid: string;
  category: string;
  lead_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  owner?: number;
  users?: number[];
}

/** Where the lead stood until then; and the cards that it has become, or that went to the bin. */
export interface UnsortedDecided {
  fact: "unsorted_decided";
  by: number;
  at: number;
  id: number;
  uid: string;
  category: string;
  decision: string;
  lead_id?: number | null;
  leads?: number[];
  contacts?: number[];
  pipeline_id?: number;
  status_id?: number;
  owner?: number;
  users?: number[];
}

export interface UnsortedDeclineIn {
  user_id?: number | null;
}

export interface UnsortedDeclineIn {
  decline: string[];
  user_id?: number | null;
}

export interface UnsortedEmbeddedIn {
  leads?: UnsortedLeadIn[] | null;
  contacts?: ContactIn[] | null;
  companies?: CompanyIn[] | null;
}

export interface UnsortedLeadIn {
  id?: number | null;
  name?: string | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  custom_fields_values?: Given[] | null;
  tags_to_add?: CardsTagIn[] | null;
  tags_to_delete?: CardsTagIn[] | null;
  request_id?: string | null;
  price?: number | null;
  status_id?: number | null;
  pipeline_id?: number | null;
  loss_reason_id?: number | null;
  closed_at?: number | null;
  visitor_uid?: string | null;
  _embedded?: EmbeddedIn | null;
}

export interface UnsortedLinkMetadataIn {
  contact_id?: number | null;
}

export interface UnsortedTold {
  _total_items: number;
  _embedded: AddedUnsortedList;
}

export interface Until {
  until: number;
}

export interface User {
  id: number;
  name: string;
  email: string;
  lang: string;
  rights: UserRights;
  uuid?: string;
  amojo_id?: string;
  user_rank?: string;
  phone_number?: string | null;
  request_id?: string;
  _links: Self;
  _embedded: UserEmbedded;
}

/** What is unset stays as it is. */
export interface UserChange {
  name?: string;
  lang?: string;
  phone_number?: string | null;
  group_id?: number | null;
  role_id?: number | null;
  is_admin?: boolean;
  is_free?: boolean;
  rights?: Rights;
}

export interface UserEmbedded {
  roles: RoleRef[];
  groups: GroupRef[];
}

export interface UserId {
  id: number;
}

export interface UserIn {
  name: string;
  email: string;
  password: string;
  lang?: string;
  phone_number?: string | null;
  rights?: unknown;
  request_id?: string | null;
}

export interface UserRights {
  leads: CardRights;
  contacts: CardRights;
  companies: CardRights;
  tasks: TaskRights;
  mail_access: boolean;
  catalog_access: boolean;
  status_rights: ShownStatus[] | null;
  is_admin: boolean;
  is_free: boolean;
  is_active: boolean;
  group_id: number | null;
  role_id: number | null;
}

export interface UsersStatusLevels {
  view?: string;
  edit?: string;
  delete?: string;
  export?: string;
}

export interface Webhook {
  id: number;
  destination: string;
  created_at: number;
  updated_at: number;
  account_id: number;
  created_by: number;
  sort: number;
  disabled: boolean;
  settings: string[];
}

export interface WebhookIn {
  destination: string;
  settings: string[];
  sort?: number | null;
}

export interface Webhooks {
  _total_items: number;
  _embedded: WebhooksEmbedded;
}

export interface WebhooksEmbedded {
  webhooks: Webhook[];
}

export interface WholeContactIn {
  id?: number | null;
  name?: string | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  custom_fields_values?: Given[] | null;
  tags_to_add?: CardsTagIn[] | null;
  tags_to_delete?: CardsTagIn[] | null;
  request_id?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  _embedded?: EmbeddedIn | null;
  is_main?: boolean | null;
}

export interface WholeEmbeddedIn {
  tags?: CardsTagIn[] | null;
  contacts?: WholeContactIn[] | null;
  companies?: CompanyIn[] | null;
  metadata?: MetadataIn | null;
  source?: SourceIn | null;
}

export interface WholeIn {
  id?: number | null;
  name?: string | null;
  responsible_user_id?: number | null;
  created_by?: number | null;
  updated_by?: number | null;
  created_at?: number | null;
  updated_at?: number | null;
  custom_fields_values?: Given[] | null;
  tags_to_add?: CardsTagIn[] | null;
  tags_to_delete?: CardsTagIn[] | null;
  request_id?: string | null;
  price?: number | null;
  status_id?: number | null;
  pipeline_id?: number | null;
  loss_reason_id?: number | null;
  closed_at?: number | null;
  visitor_uid?: string | null;
  _embedded?: WholeEmbeddedIn | null;
}

export interface WholeMade {
  id: number;
  contact_id: number | null;
  company_id: number | null;
  request_id: string[];
  merged?: boolean;
}

export interface Why {
  code: string;
  text: string;
  user_id?: number | null;
  step?: string;
  word?: string;
}
