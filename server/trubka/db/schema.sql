-- The whole schema as it is now; migrations/ brings an older database here. Every table of an account begins with
-- account_id and every key contains it. What belongs to the installation stands first. Times that the API shows are
-- Unix seconds (int8); our own machinery keeps timestamptz. No extension, and nothing depends on the locale.

-- ---------------------------------------------------------------- the installation

create table installation (
  one boolean primary key default true check (one),
  schema_version int not null,
  epoch uuid not null default gen_random_uuid(),
  secret bytea not null  -- makes one-time links and replayed refresh tokens; never leaves the server
);

create table accounts (
  id int generated always as identity (start with 31415001) primary key,
  name text not null,
  subdomain text not null unique,
  uuid uuid not null default gen_random_uuid(),
  country text not null default 'RU',
  currency text not null default 'RUB',
  time_zone text not null default 'Europe/Moscow',
  language text not null default 'ru',
  customers_mode text not null default 'segments',
  contact_name_order smallint not null default 1,
  is_unsorted_on boolean not null default true,
  is_loss_reason_enabled boolean not null default true,
  is_demo boolean not null default false,
  default_group_name text not null default '',
  recording_days int,               -- how long recordings are kept; none: for ever
  task_types jsonb not null default '[]',
  created_at int8 not null,
  updated_at int8 not null,
  created_by int8 not null default 0,
  updated_by int8 not null default 0
);

create table people (
  id int8 generated always as identity (start with 1001) primary key,
  email text not null,
  email_key text not null unique,   -- casefolded: one person, one login
  name text not null,
  password_hash text,               -- none: only a link lets this person in
  language text not null default 'ru',
  created_at timestamptz not null default now()
);

create table sessions (
  token_hash bytea primary key,     -- sha256; the token itself is only in the browser
  id uuid not null unique default gen_random_uuid(),
  person_id int8 not null references people on delete cascade,
  account_id int references accounts on delete set null,  -- none: not chosen yet, or that company is gone
  scope text not null default 'whole' check (scope in ('whole', 'desk')),
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  address text not null default '',
  agent text not null default ''
);
create index sessions_person on sessions (person_id);

create table links (  -- one-time links: sign-in, invite, reset; no mail server is needed
  token_hash bytea primary key,
  kind text not null check (kind in ('sign_in', 'invite', 'reset', 'first_run')),
  person_id int8 references people on delete cascade,
  account_id int references accounts on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create table signing_keys (
  id text primary key,              -- the JWT's kid
  private_pem text not null,
  public_pem text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,           -- signs no more
  verify_until timestamptz          -- when its last token ends
);

create table sign_in_attempts (
  key text not null,                -- address or login, hashed
  at timestamptz not null default now()
);
create index sign_in_attempts_key on sign_in_attempts (key, at);

create table readers (  -- how far a job has read the facts
  name text primary key,
  position text not null
);

create table leases (  -- who does what only one process may do at a time
  name text primary key,
  holder text not null,
  until timestamptz not null
);

-- ---------------------------------------------------------------- people of an account

create table groups (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 301),
  name text not null,
  uuid uuid not null default gen_random_uuid(),
  primary key (account_id, id)
);

create table roles (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 501),
  name text not null,
  rights jsonb not null,
  primary key (account_id, id)
);

create table users (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 7001),
  person_id int8 not null references people,
  name text not null,
  email text not null,
  lang text not null default 'ru',
  phone_number text,
  group_id int8,                    -- none: the default department, 0 outside
  role_id int8,
  is_admin boolean not null default false,
  is_free boolean not null default false,
  is_active boolean not null default true,
  rights jsonb not null,            -- one's own; a role's rights win
  joined_at int8,                   -- none: invited, and has not come yet; until then no session enters
  created_at int8 not null,
  updated_at int8 not null,
  primary key (account_id, id),
  unique (account_id, person_id),
  foreign key (account_id, group_id) references groups (account_id, id),
  foreign key (account_id, role_id) references roles (account_id, id)
);
create index users_person on users (person_id);
create index users_group on users (account_id, (coalesce(group_id, 0)), id);

create table integrations (
  account_id int not null references accounts on delete cascade,
  id uuid not null default gen_random_uuid(),  -- the client id
  name text not null,
  secret_hash bytea not null,
  secret_box bytea not null,        -- encrypted: it signs webhooks and disposable tokens
  redirect_uri text not null default '',
  scopes text[] not null default '{crm,notifications}',
  uninstall_url text not null default '',
  is_active boolean not null default true,
  created_by int8 not null default 0,
  created_at int8 not null,
  primary key (account_id, id)
);

create table uninstalls (  -- integrations that are to be told that they were switched off or removed here
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity,
  url text not null,                -- with its signature: the integration itself may be gone
  attempts smallint not null default 0,
  due_at timestamptz not null default now(),
  primary key (account_id, id)
);
create index uninstalls_due on uninstalls (due_at);

create table grants (  -- one consent, or one long-lived token: what is revoked at once
  account_id int not null,
  id uuid not null default gen_random_uuid(),
  integration_id uuid,
  user_id int8 not null,
  by_admin boolean not null,        -- full access that outlives the user's own
  name text not null default '',
  scopes text[] not null default '{crm,notifications}',
  created_at timestamptz not null default now(),
  last_token_until timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id),
  foreign key (account_id, integration_id) references integrations (account_id, id) on delete cascade
);
create index grants_revoked on grants (account_id, last_token_until) where revoked_at is not null;

create table codes (  -- authorization codes: 20 minutes, once
  account_id int not null,
  code_hash bytea not null,
  integration_id uuid not null,
  user_id int8 not null,
  redirect_uri text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  grant_id uuid,                    -- what it was exchanged for: a second use revokes it
  primary key (account_id, code_hash),
  foreign key (account_id, integration_id) references integrations (account_id, id) on delete cascade
);

create table refresh_tokens (
  account_id int not null,
  token_hash bytea not null,
  grant_id uuid not null,
  issued_at timestamptz not null,   -- the moment is in its access token, so that a repeat gives the same pair
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (account_id, token_hash),
  foreign key (account_id, grant_id) references grants (account_id, id) on delete cascade
);

create table audit (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity,
  at timestamptz not null default now(),
  user_id int8 not null,            -- 0: the command line
  deed text not null,
  subject text not null default '',
  details jsonb not null default '{}',
  address text not null default '',
  primary key (account_id, id)
);
create index audit_listens on audit (account_id, user_id, subject, at)
  where deed in ('recording_heard', 'recording_downloaded');

-- ---------------------------------------------------------------- fields, tags, pipelines

create table custom_fields (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 1101),
  entities smallint[] not null,     -- PHONE and EMAIL are one field of contacts and companies
  name text not null,
  code text,
  type text not null,
  sort int not null default 500,
  group_id text,
  is_api_only boolean not null default false,
  is_predefined boolean not null default false,
  is_visible boolean not null default true,
  is_required boolean not null default false,
  settings jsonb,
  remind text,
  currency text,
  enums jsonb,                      -- [{id, value, sort, code?}]
  nested jsonb,
  primary key (account_id, id)
);
create sequence enum_ids start with 2101;

create table tags (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 601),
  entity smallint not null,
  name text not null,
  name_key text collate "C" not null,
  color text,
  primary key (account_id, id),
  unique (account_id, entity, name_key)
);

create table pipelines (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 3001),
  name text not null,
  sort int not null,
  is_main boolean not null default false,
  is_unsorted_on boolean not null default true,
  is_archive boolean not null default false,
  primary key (account_id, id)
);

create sequence status_ids start with 40001;
create table statuses (
  account_id int not null,
  pipeline_id int8 not null,
  id int8 not null default nextval('status_ids'),  -- 142 won and 143 lost stand in every pipeline
  name text not null,
  sort int not null,
  color text not null,
  type smallint not null default 0, -- 1: unsorted
  is_editable boolean not null default true,
  primary key (account_id, pipeline_id, id),
  foreign key (account_id, pipeline_id) references pipelines (account_id, id) on delete cascade
);

create table loss_reasons (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 4001),
  name text not null,
  sort int not null default 10,
  created_at int8 not null,
  updated_at int8 not null,
  primary key (account_id, id)
);

create table customer_statuses (  -- where customers stand, in an account that works by periods
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 45001),
  name text not null,
  sort int not null,
  color text not null,
  type smallint not null default 0, -- 1: purchase expected, 2: not bought, 3: closed, 4: bought recently
  is_default boolean not null default false,
  primary key (account_id, id)
);

-- ---------------------------------------------------------------- cards
-- What rights, lists and searches ask of every card stands in its indexes, so that going past a card does not fetch it.
-- That holds for pages that a vacuum has seen: it comes after a fiftieth, not after a fifth, has changed. Each call notes
-- the talk on its card, which no index has: with room in the page that writes into no index either.

create table contacts (
  account_id int not null references accounts on delete cascade,
  id int8 generated by default as identity (start with 50001),
  name text not null default '',
  first_name text not null default '',
  last_name text not null default '',
  responsible_user_id int8 not null,
  created_by int8 not null,
  updated_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  closest_task_at int8,
  talked_at int8,                   -- the last talk, for the choice among several cards
  is_deleted boolean not null default false,
  is_unsorted boolean not null default false,  -- of an item not yet accepted: not in lists, not found
  tags int8[] not null default '{}',
  fields jsonb not null default '{}',  -- {"field id": [{"value": …, "enum_id": …}]}
  words text not null default '',   -- its search words, space separated: checked when another word drives
  primary key (account_id, id) include (responsible_user_id, is_deleted, is_unsorted)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
create index contacts_updated on contacts (account_id, updated_at, id)
  include (responsible_user_id, is_deleted, is_unsorted, words);
create index contacts_created on contacts (account_id, created_at, id)
  include (responsible_user_id, is_deleted, is_unsorted);
create index contacts_owner on contacts (account_id, responsible_user_id, id)
  include (is_deleted, is_unsorted, words);
create index contacts_owner_updated on contacts (account_id, responsible_user_id, updated_at, id)
  include (is_deleted, is_unsorted, words);
create index contacts_task on contacts (account_id, closest_task_at, id) where closest_task_at is not null;
create index contacts_tags on contacts using gin (tags) where tags <> '{}';  -- numbers of tags are unique in the installation

create table companies (
  account_id int not null references accounts on delete cascade,
  id int8 generated by default as identity (start with 60001),
  name text not null default '',
  responsible_user_id int8 not null,
  created_by int8 not null,
  updated_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  closest_task_at int8,
  talked_at int8,
  is_deleted boolean not null default false,
  is_unsorted boolean not null default false,
  tags int8[] not null default '{}',
  fields jsonb not null default '{}',
  words text not null default '',
  primary key (account_id, id) include (responsible_user_id, is_deleted, is_unsorted)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
create index companies_updated on companies (account_id, updated_at, id)
  include (responsible_user_id, is_deleted, is_unsorted, words);
create index companies_created on companies (account_id, created_at, id)
  include (responsible_user_id, is_deleted, is_unsorted);
create index companies_owner on companies (account_id, responsible_user_id, id)
  include (is_deleted, is_unsorted, words);
create index companies_owner_updated on companies (account_id, responsible_user_id, updated_at, id)
  include (is_deleted, is_unsorted, words);
create index companies_task on companies (account_id, closest_task_at, id) where closest_task_at is not null;
create index companies_tags on companies using gin (tags) where tags <> '{}';

create table leads (
  account_id int not null references accounts on delete cascade,
  id int8 generated by default as identity (start with 90001),
  name text not null default '',
  price int8 not null default 0,
  responsible_user_id int8 not null,
  pipeline_id int8 not null,
  status_id int8 not null,
  is_active boolean not null default true,   -- neither won, lost nor unsorted: what the rule of calls counts
  loss_reason_id int8,
  source_id int8,
  score int,
  labor_cost int8,
  visitor_uid text,
  created_by int8 not null,
  updated_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  closed_at int8,
  closest_task_at int8,
  is_deleted boolean not null default false,
  is_unsorted boolean not null default false,
  tags int8[] not null default '{}',
  fields jsonb not null default '{}',
  words text not null default '',
  primary key (account_id, id) include (responsible_user_id, pipeline_id, status_id, is_deleted, is_unsorted),
  foreign key (account_id, pipeline_id, status_id) references statuses (account_id, pipeline_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
create index leads_updated on leads (account_id, updated_at, id)
  include (responsible_user_id, pipeline_id, status_id, is_deleted, is_unsorted, words);
create index leads_created on leads (account_id, created_at, id)
  include (responsible_user_id, pipeline_id, status_id, is_deleted, is_unsorted);
create index leads_owner on leads (account_id, responsible_user_id, id)
  include (pipeline_id, status_id, is_deleted, is_unsorted, words);
create index leads_owner_updated on leads (account_id, responsible_user_id, updated_at, id)
  include (pipeline_id, status_id, is_deleted, is_unsorted, words);
create index leads_status on leads (account_id, pipeline_id, status_id, id);
create index leads_task on leads (account_id, closest_task_at, id) where closest_task_at is not null;
create index leads_tags on leads using gin (tags) where tags <> '{}';
create index leads_board on leads (account_id, pipeline_id, status_id, updated_at, id)
  include (responsible_user_id, price, is_deleted, is_unsorted);
create index leads_price on leads (account_id, price, id)
  include (responsible_user_id, pipeline_id, status_id, is_deleted, is_unsorted);

create table customers (
  account_id int not null references accounts on delete cascade,
  id int8 generated by default as identity (start with 8801),
  name text not null default '',
  next_price int8 not null default 0,
  next_date int8 not null default 0,
  responsible_user_id int8 not null,
  status_id int8 not null default 0,
  periodicity int not null default 0,
  ltv int8 not null default 0,
  purchases_count int not null default 0,
  average_check int8 not null default 0,
  created_by int8 not null,
  updated_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  closest_task_at int8,
  is_deleted boolean not null default false,
  tags int8[] not null default '{}',
  fields jsonb not null default '{}',
  words text not null default '',
  primary key (account_id, id) include (responsible_user_id, is_deleted)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
create index customers_updated on customers (account_id, updated_at, id)
  include (responsible_user_id, is_deleted, words);
create index customers_created on customers (account_id, created_at, id)
  include (responsible_user_id, is_deleted);
create index customers_owner on customers (account_id, responsible_user_id, id)
  include (is_deleted, words);
create index customers_owner_updated on customers (account_id, responsible_user_id, updated_at, id)
  include (is_deleted, words);
create index customers_task on customers (account_id, closest_task_at, id) where closest_task_at is not null;
create index customers_tags on customers using gin (tags) where tags <> '{}';
create index customers_next on customers (account_id, next_date, id) include (responsible_user_id, is_deleted);

create table table_columns (  -- what a user has in a table of cards, in which order and how wide
  account_id int not null references accounts on delete cascade,
  user_id int8 not null,
  entity smallint not null,
  columns jsonb not null,           -- [{"id": "price" or "f1101", "width": 120}]
  primary key (account_id, user_id, entity),
  foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);

create table saved_filters (  -- filters of tables and boards under a name
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 1),
  user_id int8 not null,
  entity smallint not null,
  name text not null,
  filter jsonb not null,
  is_shared boolean not null default false,  -- everybody has it
  created_at int8 not null,
  primary key (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);
create index saved_filters_of on saved_filters (account_id, entity, user_id, id);

create table bonds (  -- which card belongs to which: lead, customer → contact, company; contact → company
  account_id int not null references accounts on delete cascade,
  entity smallint not null,
  id int8 not null,
  to_entity smallint not null,
  to_id int8 not null,
  is_main boolean not null default false,
  sort int not null default 0,
  primary key (account_id, entity, id, to_entity, to_id)
);
create index bonds_back on bonds (account_id, to_entity, to_id, entity, id);
create unique index bonds_one_company on bonds (account_id, entity, id) where to_entity = 3 and entity <> 12;

create table phones (  -- the numbers of contacts and companies, by their last ten digits
  account_id int not null,
  tail int8 not null,
  entity smallint not null,
  id int8 not null,
  digits text collate "C" not null,
  primary key (account_id, tail, entity, id, digits)
);
create index phones_card on phones (account_id, entity, id);

create table keys (  -- search and sort keys, made in Python (rules/search.py)
  account_id int not null,
  entity smallint not null,
  key text collate "C" not null,
  id int8 not null,
  primary key (account_id, entity, key, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);

-- ---------------------------------------------------------------- what hangs on cards

create table notes (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 770001),
  entity smallint not null,
  entity_id int8 not null,
  note_type text not null,
  params jsonb not null default '{}',
  responsible_user_id int8 not null,
  created_by int8 not null,
  updated_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  is_pinned boolean not null default false,
  primary key (account_id, id)
);
create index notes_card on notes (account_id, entity, entity_id, id);
create index notes_entity on notes (account_id, entity, id);
create index notes_updated on notes (account_id, entity, updated_at, id);
create index notes_pinned on notes (account_id, entity, entity_id, id) where is_pinned;

create table tasks (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 1201),
  entity smallint,
  entity_id int8,
  task_type_id int8 not null default 1,
  text text not null,
  complete_till int8 not null,
  duration int8 not null default 0,
  is_completed boolean not null default false,
  result_text text,
  responsible_user_id int8 not null,
  created_by int8 not null,
  updated_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  is_deleted boolean not null default false,
  primary key (account_id, id)
);
create index tasks_card on tasks (account_id, entity, entity_id, id);
create index tasks_owner on tasks (account_id, responsible_user_id, is_completed, complete_till, id);
create index tasks_till on tasks (account_id, complete_till, id);
create index tasks_open on tasks (account_id, complete_till, id) include (responsible_user_id)
  where not is_completed and not is_deleted;
create index tasks_done on tasks (account_id, entity, entity_id, updated_at, id) where is_completed and not is_deleted;
create index tasks_created on tasks (account_id, created_at, id);
create index tasks_updated on tasks (account_id, updated_at, id);

create table events (  -- amoCRM's log; its 26-letter id is made of created_at and id
  account_id int not null,
  id int8 generated always as identity,
  type text not null,
  entity smallint not null,
  entity_id int8 not null,
  created_by int8 not null,
  created_at int8 not null,
  value_after jsonb not null default '[]',
  value_before jsonb not null default '[]',
  primary key (account_id, created_at, id)
);
create index events_card on events (account_id, entity, entity_id, created_at, id);
create index events_type on events (account_id, type, created_at, id);

create table facts (  -- what has happened, for browsers and webhooks; lives 7 days
  account_id int not null,
  id int8 generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default now(),
  fact jsonb not null,              -- rules/facts.py
  primary key (xid, id, account_id)
);

create table webhooks (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 901),
  destination text not null,
  host text not null,               -- of the destination: no host is asked too much at the same time
  settings text[] not null,
  sort int not null default 0,
  disabled boolean not null default false,
  secret text not null,             -- signs the deliveries
  created_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  heard_from int8 not null,         -- the last fact that was there before it; what came later is told
  due_at timestamptz,               -- when its next delivery is due; none: nothing waits
  claimed_by text,                  -- one worker at a time sends its deliveries, in their order
  claimed_until timestamptz,
  bad_at timestamptz[] not null default '{}',  -- the last bad answers, as many as switch it off
  primary key (account_id, id),
  unique (account_id, destination)
);
create index webhooks_due on webhooks (due_at) where due_at is not null;

create table deliveries (
  account_id int not null,
  id int8 generated always as identity,
  webhook_id int8 not null,
  fact_id int8 not null,
  event text not null,
  body text not null,
  attempts smallint not null default 0,
  next_at timestamptz default now(),  -- none: done, one way or the other
  last_status int,                  -- 0: no answer
  last_error text,
  answered_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  unique (account_id, webhook_id, fact_id, event),
  foreign key (account_id, webhook_id) references webhooks (account_id, id) on delete cascade
);
create index deliveries_waiting on deliveries (account_id, webhook_id, id) where next_at is not null;
create index deliveries_webhook on deliveries (account_id, webhook_id, id);
create index deliveries_failed on deliveries (account_id, webhook_id, id)
  where next_at is null and (last_status is null or last_status not between 100 and 299);
create index deliveries_created on deliveries (created_at);

-- ---------------------------------------------------------------- calls

create table pbxes (  -- what rings: a PBX of ours, or one that calls us over HTTP
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 101),
  kind text not null,               -- a folder of pbx/
  name text not null,
  settings jsonb not null default '{}',  -- its own words, no secrets
  trunks text[] not null default '{}',
  key_id text not null unique,      -- names the PBX in a signed or authorized request
  secret_box bytea not null,        -- encrypted: signs its events and opens /pbx/route
  is_active boolean not null default true,
  heard_at timestamptz,             -- the last we heard of it
  created_by int8 not null default 0,
  created_at int8 not null,
  primary key (account_id, id)
);

create table heard (  -- signed requests of PBXes, so that none counts twice
  account_id int not null,
  pbx_id int8 not null,
  signature bytea not null,
  at timestamptz not null default now(),
  primary key (account_id, pbx_id, signature),
  foreign key (account_id, pbx_id) references pbxes (account_id, id) on delete cascade
);
create index heard_at on heard (at);

create table schedules (  -- working hours
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 201),
  name text not null,
  time_zone text,                   -- none: the account's
  week jsonb not null default '[]', -- seven lists of [from, to] in minutes of the day, Monday first
  holidays jsonb not null default '{}',  -- {"2026-01-01": []}: a date has hours of its own, or none
  primary key (account_id, id)
);

create table lines (  -- our numbers, each with its plan of who rings
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 301),
  number text not null,             -- as the PBX says it
  tail int8 not null,
  name text not null default '',
  pbx_id int8,
  schedule_id int8,                 -- none: always open
  plan jsonb not null default '[]', -- rules/routing.py: steps with seconds
  closed_plan jsonb not null default '[]',  -- outside the working hours
  fallback text not null default '',        -- what the PBX does when nobody is left, or we do not answer
  is_active boolean not null default true,
  primary key (account_id, id),
  foreign key (account_id, pbx_id) references pbxes (account_id, id),
  foreign key (account_id, schedule_id) references schedules (account_id, id)
);
create unique index lines_number on lines (account_id, tail, coalesce(pbx_id, 0));

create table extensions (  -- how calls reach a user
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 401),
  user_id int8 not null,
  pbx_id int8,                      -- none: every PBX
  number text not null,             -- 101, or a mobile's number
  tail int8 not null,
  kind text not null check (kind in ('desk', 'browser', 'mobile', 'fmc')),
  device text not null default '',  -- as the PBX dials it: PJSIP/101
  is_confirmed_by_key boolean not null default false,  -- press 1: a mobile's voicemail is nobody
  rings boolean not null default true,
  sort int not null default 0,
  primary key (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id),
  foreign key (account_id, pbx_id) references pbxes (account_id, id)
);
create unique index extensions_number on extensions (account_id, coalesce(pbx_id, 0), number);
create index extensions_user on extensions (account_id, user_id);

create table availability (  -- do not disturb, and who is away
  account_id int not null,
  user_id int8 not null,
  quiet_until int8,                 -- do not disturb; none: may ring
  away_from int8,
  away_until int8,
  deputy_id int8,                   -- who rings instead
  primary key (account_id, user_id),
  foreign key (account_id, user_id) references users (account_id, id)
);

create table calls (  -- conversations, from the first ring; and reports of them by others
  account_id int not null,
  id int8 generated always as identity (start with 660001),
  same_as int8,                     -- the conversation that this is a further report of: it alone is shown and counted
  source smallint not null,         -- rules/calls.py: our PBX, a post to /calls, a note, a phone
  origin text,                      -- the PBX's id, or the integration (client id, else grant)
  uniq text,                        -- the PBX's or the integration's own id of the call
  direction smallint not null,      -- 1 inbound, 2 outbound, 3 internal
  number text,                      -- the customer's as it was told; none: withheld
  tail int8,
  line text,
  started_at int8 not null,
  ended_at int8,                    -- none: it goes on
  answered_at int8,
  talk_seconds int not null default 0,
  missed boolean,                   -- none: hidden by a gap, or not over
  user_id int8,                     -- whose call it is: who talked last, else who called, else who was rung first
  user_ids int8[] not null default '{}',  -- everybody of ours who rang or talked
  entity smallint,                  -- the card, by the rule
  entity_id int8,
  note_id int8,
  status smallint,                  -- 1-8
  result text,
  finished_at int8,                 -- when somebody of ours first told how it went; none: nobody has
  details jsonb not null default '{}',  -- the record's other fields; why this card; the other candidates
  updated_at int8 not null,
  primary key (account_id, id)
);
create unique index calls_uniq on calls (account_id, origin, uniq) where uniq <> '';
create index calls_number on calls (account_id, tail, started_at);
create index calls_card on calls (account_id, entity, entity_id, started_at) where entity_id is not null;
create index calls_time on calls (account_id, started_at, id) where same_as is null;
create index calls_same on calls (account_id, same_as) where same_as is not null;
create index calls_live on calls (account_id, origin) where ended_at is null;
create index calls_user on calls (account_id, user_id, started_at, id) where user_id is not null and same_as is null;

create table call_users (  -- who else of ours rang or talked than whose call it is: their lists of calls go along it
  account_id int not null,
  user_id int8 not null,
  started_at int8 not null,
  call_id int8 not null,            -- a conversation
  primary key (account_id, user_id, started_at, call_id)
);

create table results (  -- what was saved in the result window: the same save told twice is one
  account_id int not null references accounts on delete cascade,
  call_id int8 not null,
  key text collate "C" not null,    -- the browser's own name of the save
  made jsonb not null,              -- the cards and the task that it has made
  saved_by int8 not null,
  saved_at int8 not null,
  primary key (account_id, call_id, key)
);

create table tangles (  -- what the rule remembers of a PBX's calls while they go on: rules/call.py
  account_id int not null,
  pbx_id int8 not null,
  id text collate "C" not null,     -- the PBX's own id of the call
  tangle jsonb not null,
  is_over boolean not null,         -- kept a while for what is told late
  last_at timestamptz not null default now(),
  primary key (account_id, pbx_id, id),
  foreign key (account_id, pbx_id) references pbxes (account_id, id) on delete cascade
);
create index tangles_last on tangles (last_at);

create table notices (  -- calls that others announce (/api/v2/events): cards without a call behind them
  account_id int not null references accounts on delete cascade,
  id uuid not null default gen_random_uuid(),
  number text not null,
  tail int8,
  entity smallint,
  entity_id int8,
  details jsonb not null default '{}',  -- why this card; the other candidates
  user_ids int8[],                  -- none: everybody
  closed_by int8[] not null default '{}',
  call_id int8,                     -- the conversation that it joined
  created_by int8 not null,
  created_at int8 not null,
  until int8 not null,
  primary key (account_id, id)
);
create index notices_until on notices (account_id, until);

create table debts (  -- missed calls that nobody has returned yet
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 1),
  number text,                      -- none: withheld; only a reason closes it
  tail int8,
  call_id int8 not null,            -- the first that was missed
  last_call_id int8 not null,
  line text,
  calls int not null default 1,     -- how often they called meanwhile
  is_sure boolean not null default true,  -- false: a gap hides whether somebody talked
  user_id int8,                     -- who owes the call; none: nobody yet
  entity smallint,
  entity_id int8,
  opened_at int8 not null,
  last_at int8 not null,
  closed_at int8,
  closed_by int8,                   -- the user
  closed_by_call int8,              -- the talk
  reason text,
  primary key (account_id, id)
);
create unique index debts_open on debts (account_id, tail) where closed_at is null and tail is not null;
create index debts_list on debts (account_id, opened_at, id) where closed_at is null;
create index debts_call on debts (account_id, call_id);
create index debts_last_call on debts (account_id, last_call_id);
create index debts_paid on debts (account_id, closed_by_call) where closed_by_call is not null;
create index debts_number on debts (account_id, tail, last_at) where reason is not null;
create index debts_closed on debts (account_id, closed_at, id) where closed_at is not null;

create table unsorted (  -- what came in and has no card yet
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 1),
  uid text collate "C" not null,
  category text not null check (category in ('sip', 'forms')),
  source_uid text,
  source_name text,
  pipeline_id int8 not null,
  metadata jsonb not null default '{}',
  tail int8,                        -- repeats of a number are shown together
  lead_id int8,
  contact_id int8,
  company_id int8,
  call_id int8,                     -- of our own PBX, or of the integration's own report
  user_ids int8[] not null default '{}',  -- who of ours took part: they see it whoever answers for the lead
  identity bytea,                   -- hash of what makes an item the same (reference 3.16.1)
  state text not null default 'waiting' check (state in ('waiting', 'accepted', 'declined', 'linked')),
  decided_by int8,
  decided_at int8,
  created_by int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  primary key (account_id, id),
  unique (account_id, uid)
);
create unique index unsorted_same on unsorted (account_id, identity) where identity is not null;
create index unsorted_waiting on unsorted (account_id, created_at, id) where state = 'waiting';
create index unsorted_lead on unsorted (account_id, lead_id) where lead_id is not null;
create index unsorted_created on unsorted (account_id, created_at, id);
create index unsorted_number on unsorted (account_id, tail, id);
create index unsorted_call on unsorted (account_id, call_id) where call_id is not null;

create table recordings (
  account_id int not null references accounts on delete cascade,
  id int8 generated always as identity (start with 880001),
  call_id int8,
  link text not null,               -- where it came from: an address, or a file of the PBX
  pbx_id int8,
  state text not null default 'waiting' check (state in ('waiting', 'fetched', 'empty', 'failed', 'refused', 'deleted')),
  why text not null default '',
  tries_left smallint not null default 8,
  next_at timestamptz default now(),  -- none: nothing is to be done
  claimed_by text,
  claimed_until timestamptz,
  path text,                        -- in the store; of a deleted one: the file is not gone yet
  media text,
  bytes int8,
  seconds real,
  sha256 bytea,
  peaks bytea,                      -- for the waveform, sides apart: outside/audio.py
  created_at int8 not null,
  fetched_at int8,
  primary key (account_id, id)
);
create index recordings_call on recordings (account_id, call_id);
create index recordings_due on recordings (next_at) where next_at is not null;
create index recordings_wrong on recordings (account_id, id) where state in ('waiting', 'empty', 'failed', 'refused');
create index recordings_states on recordings (account_id, state) include (bytes);
create index recordings_kept on recordings (account_id, created_at) where state in ('fetched', 'empty');

create table left_folders (  -- of accounts that are gone: their recordings' files are still in the store
  account_id int primary key,
  due_at timestamptz not null default now()
);

create table alerts (  -- what went wrong in the background, told to whoever can do something about it
  account_id int not null references accounts on delete cascade,
  id uuid not null default gen_random_uuid(),
  user_id int8 not null,            -- who is told
  kind text collate "C" not null,   -- rules/alerts.py
  subject text collate "C" not null,  -- what it is about; more of it makes no new row while one is open
  details jsonb not null default '{}',  -- of the last time
  count int not null default 1,
  first_at int8 not null,
  last_at int8 not null,
  closed_at int8,
  primary key (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);
create unique index alerts_open on alerts (account_id, kind, subject, user_id) where closed_at is null;
create index alerts_list on alerts (account_id, user_id, last_at, id) where closed_at is null;
create index alerts_silent on alerts (account_id, subject, first_at) where kind = 'pbx_silent';
create index alerts_closed on alerts (closed_at) where closed_at is not null;
