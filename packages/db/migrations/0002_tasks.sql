-- Tasks, and the clock that orders everything a user ever writes.
--
-- A clock is one row per user. The first write of a transaction takes the next revision and keeps
-- the row locked until commit, so revisions follow the order of commits and have no gaps; every
-- further write of that transaction shares it. It is taken by triggers: no path around them exists.

create table user_clocks (
  user_id     uuid not null,
  revision    bigint not null,
  last_number integer not null default 0, -- the highest task number given so far
  xact        xid8 not null,              -- the transaction that holds `revision` …
  xact_at     timestamptz not null,       -- … and its start: xids begin anew in a restored cluster
  constraint user_clocks_pkey primary key (user_id),
  constraint user_clocks_user_id_fkey foreign key (user_id) references users (id) on delete cascade
) with (fillfactor = 50);

-- The clock as this transaction holds it, advanced if it is the transaction's first write for the
-- user. Runs as the owner, because those who serve requests may read a clock but never set one.
-- `pg_temp` last: unnamed it would come first, and a temporary table could stand in for ours.
create function tick(clock_user_id uuid) returns user_clocks
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  clock user_clocks;
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
  end if;
  return clock;
end $$;

-- Text as people search and sort it: without accents, case or compatibility forms.
create function fold(value text) returns text
language sql immutable strict parallel safe
return lower(regexp_replace(normalize(value, nfkd), '[\u0300-\u036f]', '', 'g'));

create table tasks (
  user_id            uuid not null,
  id                 uuid not null default gen_random_uuid(), -- clients may bring a UUIDv7
  number             integer not null default 0,              -- what people type: #12; 0 asks for the next
  title              text not null,
  description        text,
  status             text not null default 'pending',
  completed          boolean not null generated always as (status = 'completed') stored,
  completed_at       timestamptz,
  priority           text default 'medium',
  priority_rank      smallint not null generated always as (
    case priority when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end) stored,
  -- A day is midnight UTC with due_all_day; an instant keeps the zone it was meant in.
  due_date           timestamptz,
  due_all_day        boolean,
  due_time_zone      text,
  due_order          timestamptz not null generated always as (coalesce(due_date, 'infinity')) stored,
  position           text collate "C" not null default 'a0', -- fractional index
  title_folded       text collate "C" not null generated always as (fold(title)) stored,
  description_folded text collate "C" generated always as (fold(description)) stored,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  revision           bigint not null default 0,
  constraint tasks_pkey primary key (user_id, id),
  constraint tasks_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint tasks_user_id_number_key unique (user_id, number),
  constraint tasks_number_check check (number > 0),
  constraint tasks_title_check check (char_length(title) between 1 and 200 and title = btrim(title)),
  constraint tasks_description_check check (char_length(description) <= 1000),
  constraint tasks_status_check check (status in ('pending', 'in_progress', 'completed')),
  constraint tasks_completed_at_check check ((status = 'completed') = (completed_at is not null)),
  constraint tasks_priority_check check (priority in ('low', 'medium', 'high')),
  constraint tasks_due_check check (
    case
      when due_date is null then due_all_day is null and due_time_zone is null
      when due_all_day then due_time_zone is null
        and date_trunc('day', due_date at time zone 'UTC') = due_date at time zone 'UTC'
      else due_all_day is not null and due_time_zone is not null and char_length(due_time_zone) between 1 and 64
    end),
  constraint tasks_due_date_check check (due_date >= '0001-01-01 00:00:00+00' and due_date < '10000-01-01 00:00:00+00'),
  constraint tasks_position_check check (char_length(position) between 1 and 255)
) with (fillfactor = 90);

-- Each index starts with user_id: a page of one user's tasks is read in order, however many others
-- there are. `id` last makes every order total, which keyset cursors need.
create index tasks_user_id_created_at_idx on tasks (user_id, created_at, id);
create index tasks_user_id_status_idx on tasks (user_id, status, created_at, id);
create index tasks_user_id_due_order_idx on tasks (user_id, due_order, id);
create index tasks_user_id_position_idx on tasks (user_id, position, id);
create index tasks_user_id_title_folded_idx on tasks (user_id, title_folded, id);
create index tasks_user_id_priority_rank_idx on tasks (user_id, priority_rank, id);
create index tasks_user_id_pending_priority_idx on tasks (user_id, completed, priority_rank desc, id desc)
  where not completed;

-- The database's part in every write: number, completed_at, updated_at, revision. It runs with the
-- rights of whoever writes, so it sees exactly the tasks that they see.
create function stamp_task() returns trigger
language plpgsql as $$
declare
  clock user_clocks;
  counter text[];
begin
  if tg_op = 'UPDATE' then
    if (new.user_id, new.id, new.number, new.created_at)
      is distinct from (old.user_id, old.id, old.number, old.created_at) then
      raise exception 'user_id, id, number and created_at of a task never change'
        using errcode = 'check_violation', constraint = 'tasks_immutable_check', table = 'tasks';
    end if;
    -- A write that changes nothing is not a change.
    new.updated_at := old.updated_at;
    new.revision := old.revision;
    new.completed_at := case when new.status = 'completed' then coalesce(old.completed_at, now()) end;
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
  else
    new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, now()) end;
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

create trigger tasks_stamp before insert or update on tasks for each row execute function stamp_task();

-- A number is never given twice, not even after its task is deleted: the clock remembers it.
create function remember_task_numbers() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update user_clocks c set last_number = i.number
  from (select user_id, max(number) as number from inserted group by user_id) i
  where c.user_id = i.user_id and c.last_number < i.number;
  return null;
end $$;

create trigger tasks_remember_numbers after insert on tasks
  referencing new table as inserted for each statement execute function remember_task_numbers();

-- A deletion is a change like any other and takes a revision, except when the whole account goes.
create function stamp_deleted_tasks() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform tick(d.user_id) from (select distinct user_id from deleted) d
  where exists (select from users u where u.id = d.user_id);
  return null;
end $$;

create trigger tasks_stamp_deleted after delete on tasks
  referencing old table as deleted for each statement execute function stamp_deleted_tasks();

-- Whoever changes tasks holds the clock before any of them: with the rows first, two of a user's
-- transactions could each hold a row that the other needs, and wait for each other.
create function hold_clock() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from user_clocks where user_id = current_user_id() for update;
  return null;
end $$;

create trigger tasks_hold_clock before update or delete on tasks
  for each statement execute function hold_clock();

revoke execute on function tick(uuid), remember_task_numbers(), stamp_deleted_tasks(), hold_clock() from public;
grant execute on function tick(uuid) to ownlist_app;

alter table tasks enable row level security;
alter table tasks force row level security;
alter table user_clocks enable row level security;
alter table user_clocks force row level security;

create policy tasks_owner on tasks to ownlist_app
  using (user_id = (select current_user_id())) with check (user_id = (select current_user_id()));
create policy user_clocks_owner on user_clocks for select to ownlist_app
  using (user_id = (select current_user_id()));
-- Forced row-level security binds the owner too, and the functions above run as the owner.
create policy user_clocks_tick on user_clocks to current_user using (true) with check (true);
create policy users_tick on users for select to current_user using (true);

grant select, insert, update, delete on tasks to ownlist_app;
grant select on user_clocks to ownlist_app;
