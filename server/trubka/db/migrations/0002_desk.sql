-- Fewer indexes are written with each call and each fact.

drop index facts_at;
drop index facts_xid;
alter table facts drop constraint facts_pkey, add primary key (xid, id, account_id);

drop index events_time;
alter table events drop constraint events_pkey, add primary key (account_id, created_at, id);

drop index calls_unfinished;
create index calls_unfinished on calls (account_id, user_id, started_at)
  where finished_at is null and same_as is null and user_id is not null;
