-- Fewer indexes are written with each call and each fact.

drop index facts_at;
drop index facts_xid;
alter table facts drop constraint facts_pkey, add primary key (xid, id, account_id);

drop index events_time;
alter table events drop constraint events_pkey, add primary key (account_id, created_at, id);

-- Alerts: what went wrong in the background, told to whoever can do something about it.
create table alerts (
  account_id int not null references accounts on delete cascade,
  id uuid not null default gen_random_uuid(),
  user_id int8 not null,
  kind text collate "C" not null,
  subject text collate "C" not null,
  details jsonb not null default '{}',
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

-- Whose calls one asks for: an index for whose call it is, a narrow table for those who took part besides.

drop index calls_unfinished;
create index calls_user on calls (account_id, user_id, started_at, id) where user_id is not null and same_as is null;

create table call_users (
  account_id int not null,
  user_id int8 not null,
  started_at int8 not null,
  call_id int8 not null,
  primary key (account_id, user_id, started_at, call_id)
);
insert into call_users (account_id, user_id, started_at, call_id)
select k.account_id, u.id, k.started_at, k.id from calls k, unnest(k.user_ids) u(id)
where k.same_as is null and u.id is distinct from k.user_id on conflict do nothing;

-- Which debts a talk has paid, when it turns out to be another's report.

create index debts_paid on debts (account_id, closed_by_call) where closed_by_call is not null;

-- Logs that people look through: deliveries that came to nothing, and how recordings stand.

create index deliveries_failed on deliveries (account_id, webhook_id, id)
  where next_at is null and (last_status is null or last_status not between 100 and 299);
create index recordings_wrong on recordings (account_id, id) where state in ('waiting', 'empty', 'failed', 'refused');
create index recordings_states on recordings (account_id, state) include (bytes);
