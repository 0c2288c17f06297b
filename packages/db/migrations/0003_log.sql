-- The log: what every revision changed, by whom and from where. Append-only.
--
-- A revision is one transaction's writes for one user. Its row is made as the clock advances, and each
-- row that the transaction touched leaves one entry, however often it was touched: what it said before,
-- and what it says after. Triggers write both, so no path around them exists; those who serve requests
-- may read their own and change none.

create table revisions (
  user_id    uuid not null,
  revision   bigint not null,
  made_at    timestamptz not null default clock_timestamp(), -- the clock is held by then: later revision, later time
  actor      text not null,
  session_id uuid,
  client     text,
  undoes     bigint, -- the revision that this one takes back
  based_on   bigint, -- the newest revision that the client had seen when it made the change
  constraint revisions_pkey primary key (user_id, revision),
  constraint revisions_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint revisions_actor_check check (actor in ('session', 'token', 'import', 'system', 'database')),
  constraint revisions_client_check check (char_length(client) between 1 and 64)
);

create table changes (
  user_id   uuid not null,
  revision  bigint not null,
  entity    text not null, -- the table
  entity_id uuid not null,
  before    jsonb, -- null where the row came to be; else the changed columns, or all where it went
  after     jsonb, -- null where the row went
  constraint changes_pkey primary key (user_id, revision, entity, entity_id),
  constraint changes_user_id_revision_fkey foreign key (user_id, revision)
    references revisions (user_id, revision) on delete cascade,
  constraint changes_content_check check (before is not null or after is not null)
);

-- The history of one row.
create index changes_user_id_entity_idx on changes (user_id, entity, entity_id, revision);

-- What was answered to an operation id: the record commits with the effect, or neither does.
create table operations (
  user_id    uuid not null,
  op_id      uuid not null,
  procedure  text not null,
  input_hash bytea not null, -- SHA-256: the same id with other input is another operation
  result     json,
  made_at    timestamptz not null default now(),
  constraint operations_pkey primary key (user_id, op_id),
  constraint operations_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint operations_procedure_check check (char_length(procedure) between 1 and 100),
  constraint operations_input_hash_check check (octet_length(input_hash) = 32)
);

-- Who writes is a setting that the server makes with the scope. Whoever writes without saying is the
-- database itself: psql, or an import by hand.
create or replace function tick(clock_user_id uuid) returns user_clocks
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  clock user_clocks;
  origin jsonb;
begin
  if pg_trigger_depth() = 0 then
    raise exception 'only triggers advance a clock' using errcode = 'insufficient_privilege';
  end if;
  -- Policies speak after triggers: unasked, this would lock another's clock and tell who exists.
  if current_setting('role') = 'ownlist_app' and clock_user_id is distinct from current_user_id() then
    raise exception 'a clock is its own user''s' using errcode = 'insufficient_privilege';
  end if;

  select * into clock from user_clocks
  where user_id = clock_user_id and xact = pg_current_xact_id() and xact_at = transaction_timestamp();

  if not found then
    insert into user_clocks as c (user_id, revision, xact, xact_at)
    values (clock_user_id, 1, pg_current_xact_id(), transaction_timestamp())
    on conflict (user_id) do update
      set revision = c.revision + 1, xact = excluded.xact, xact_at = excluded.xact_at
    returning * into clock;

    origin := nullif(current_setting('app.origin', true), '')::jsonb;
    insert into revisions (user_id, revision, actor, session_id, client, undoes, based_on)
    values (clock_user_id, clock.revision, coalesce(origin ->> 'actor', 'database'), (origin ->> 'session')::uuid,
      origin ->> 'client', (origin ->> 'undoes')::bigint, (origin ->> 'basedOn')::bigint);
  end if;
  return clock;
end $$;

-- As before, but a completion that is brought back keeps its time.
create or replace function stamp_task() returns trigger
language plpgsql as $$
declare
  clock user_clocks;
  counter text[];
begin
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, now()) end;
  if tg_op = 'UPDATE' then
    if (new.user_id, new.id, new.number, new.created_at)
      is distinct from (old.user_id, old.id, old.number, old.created_at) then
      raise exception 'user_id, id, number and created_at of a task never change'
        using errcode = 'check_violation', constraint = 'tasks_immutable_check', table = 'tasks';
    end if;
    -- A write that changes nothing is not a change.
    new.updated_at := old.updated_at;
    new.revision := old.revision;
    -- Generated columns are computed after this and empty here until then.
    new.completed := old.completed;
    new.priority_rank := old.priority_rank;
    new.due_order := old.due_order;
    new.title_folded := old.title_folded;
    new.description_folded := old.description_folded;
    if new is not distinct from old then
      return new;
    end if;
    new.updated_at := greatest(now(), old.updated_at);
  end if;

  clock := tick(new.user_id);
  new.revision := clock.revision;

  -- The clock's row is locked by now, so no other transaction can be numbering this user's tasks.
  -- Within a statement the count goes on in a setting that ends with the transaction: updating the
  -- clock for every row, or asking the table for its maximum, makes 5,000 rows cost a square.
  if tg_op = 'INSERT' and new.number = 0 then
    counter := string_to_array(current_setting('app.task_numbers', true), ' ');
    new.number := 1 + case
      when counter[1] = new.user_id::text and counter[2] = clock.revision::text
        then greatest(clock.last_number, counter[3]::integer)
      else clock.last_number
    end;
    perform set_config('app.task_numbers', concat_ws(' ', new.user_id, clock.revision, new.number), true);
  end if;
  return new;
end $$;

-- The fields of one row that another does not have, or not so.
create function changed_fields(fields jsonb, other jsonb) returns jsonb
language sql immutable strict parallel safe
return (
  select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(fields) f
  where other -> f.key is distinct from f.value
);

-- Writes what a statement changed. The argument names the columns that are derived from others and so
-- no part of what a row says. A deletion is a change like any other and takes a revision, except when
-- the whole account goes. Plans are kept from the first statement, which may be of one row, to the
-- thousandth of 5,000: nothing here joins the transition tables, so no plan can make them cost a square.
create function log_changes() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  derived text[] := array['user_id', 'id', 'revision', 'updated_at'] || tg_argv[0]::text[];
  entity_name text := tg_table_name; -- as text: compared with a name, no index on text would serve
  clock user_clocks;
  void uuid[];
begin
  if tg_op = 'INSERT' then
    insert into changes as c (user_id, revision, entity, entity_id, after)
    select n.user_id, n.revision, entity_name, n.id, to_jsonb(n) - derived from new_rows n
    -- Deleted and made again in one transaction: to the rest of the world it was changed.
    on conflict (user_id, revision, entity, entity_id) do update
      set before = changed_fields(c.before, excluded.after), after = changed_fields(excluded.after, c.before);

  elsif tg_op = 'UPDATE' then
    insert into changes as c (user_id, revision, entity, entity_id, before, after)
    select r.user_id, r.revision, entity_name, r.id,
      changed_fields(r.was, r.is_now), changed_fields(r.is_now, r.was)
    from (
      select user_id, id, max(revision) filter (where fresh) as revision,
        max(revision) > min(revision) as moved, (array_agg(fields) filter (where not fresh))[1] as was, (array_agg(fields) filter (where fresh))[1] as is_now
      from (
        select false as fresh, user_id, id, revision, to_jsonb(o) - derived as fields from old_rows o
        union all
        select true, user_id, id, revision, to_jsonb(n) - derived from new_rows n
      ) both_sides
      group by user_id, id
    ) r
    where r.moved or r.was is distinct from r.is_now
    on conflict (user_id, revision, entity, entity_id) do update
      set before = case when c.before is not null
            then changed_fields(excluded.before || c.before, c.after || excluded.after) end,
          after = case when c.before is null then c.after || excluded.after
            else changed_fields(c.after || excluded.after, excluded.before || c.before) end;

  else
    for clock in
      select (tick(o.user_id)).* from (select distinct user_id from old_rows) o
      where exists (select from users u where u.id = o.user_id)
    loop
      with logged as (
        insert into changes as c (user_id, revision, entity, entity_id, before)
        select o.user_id, clock.revision, entity_name, o.id, to_jsonb(o) - derived
        from old_rows o where o.user_id = clock.user_id
        on conflict (user_id, revision, entity, entity_id) do update
          set before = case when c.before is null then '{}' else excluded.before || c.before end, after = null
        returning c.entity_id, c.before = '{}' as is_void
      )
      select array_agg(entity_id) filter (where is_void) into void from logged;
      -- What came and went in one transaction was never there.
      if void is not null then
        delete from changes c where c.user_id = clock.user_id and c.revision = clock.revision
          and c.entity = entity_name and c.entity_id = any(void);
      end if;
    end loop;
  end if;
  return null;
end $$;

drop trigger tasks_stamp_deleted on tasks;
drop function stamp_deleted_tasks();

create trigger tasks_log_insert after insert on tasks referencing new table as new_rows
  for each statement execute function log_changes('{completed,priority_rank,due_order,title_folded,description_folded}');
create trigger tasks_log_update after update on tasks referencing old table as old_rows new table as new_rows
  for each statement execute function log_changes('{completed,priority_rank,due_order,title_folded,description_folded}');
create trigger tasks_log_delete after delete on tasks referencing old table as old_rows
  for each statement execute function log_changes('{completed,priority_rank,due_order,title_folded,description_folded}');

revoke execute on function log_changes() from public;

alter table revisions enable row level security;
alter table revisions force row level security;
alter table changes enable row level security;
alter table changes force row level security;
alter table operations enable row level security;
alter table operations force row level security;

create policy revisions_owner on revisions for select to ownlist_app
  using (user_id = (select current_user_id()));
create policy changes_owner on changes for select to ownlist_app
  using (user_id = (select current_user_id()));
create policy operations_owner on operations to ownlist_app
  using (user_id = (select current_user_id())) with check (user_id = (select current_user_id()));
-- Forced row-level security binds the owner too, and the functions above run as the owner.
create policy revisions_log on revisions to current_user using (true) with check (true);
create policy changes_log on changes to current_user using (true) with check (true);
-- The identity role remembers its own operations and sees nobody's tasks in the others.
create policy operations_identity on operations to ownlist_auth
  using (procedure like 'account.%') with check (procedure like 'account.%');

grant select on revisions, changes to ownlist_app;
grant select, insert on operations to ownlist_app, ownlist_auth;
