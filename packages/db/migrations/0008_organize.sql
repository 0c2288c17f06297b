-- What a task carries and where it stands: lists, tags, comments, saved views; subtasks; recurrence.
--
-- Every write holds the user's clock before it looks at anything, so the checks below, which read other rows of the
-- same user, cannot be overtaken by another transaction.

create table lists (
  user_id     uuid not null,
  id          uuid not null default gen_random_uuid(),
  name        text not null,
  color       text,
  icon        text,
  position    text collate "C" not null default 'a0',
  archived_at timestamptz,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  revision    bigint not null default 0,
  constraint lists_pkey primary key (user_id, id),
  constraint lists_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint lists_name_check check (char_length(name) between 1 and 120 and name = btrim(name)),
  constraint lists_color_check check (color ~ '^#[0-9a-f]{6}$'),
  constraint lists_icon_check check (char_length(icon) between 1 and 32),
  constraint lists_position_check check (char_length(position) between 1 and 255)
);
-- What somebody looks for by its name is there once; an archived list is not in the way.
create unique index lists_user_id_name_key on lists (user_id, fold(name)) where archived_at is null;
create index lists_user_id_position_idx on lists (user_id, position, id);

create table tags (
  user_id    uuid not null,
  id         uuid not null default gen_random_uuid(),
  name       text not null,
  color      text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision   bigint not null default 0,
  constraint tags_pkey primary key (user_id, id),
  constraint tags_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint tags_name_check check (char_length(name) between 1 and 60 and name = btrim(name)),
  constraint tags_color_check check (color ~ '^#[0-9a-f]{6}$')
);
create unique index tags_user_id_name_key on tags (user_id, fold(name));

create table views (
  user_id    uuid not null,
  id         uuid not null default gen_random_uuid(),
  name       text not null,
  icon       text,
  filter     jsonb not null, -- what tasks.list takes
  position   text collate "C" not null default 'a0',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision   bigint not null default 0,
  constraint views_pkey primary key (user_id, id),
  constraint views_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint views_name_check check (char_length(name) between 1 and 120 and name = btrim(name)),
  constraint views_icon_check check (char_length(icon) between 1 and 32),
  constraint views_filter_check check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 8192),
  constraint views_position_check check (char_length(position) between 1 and 255)
);
create unique index views_user_id_name_key on views (user_id, fold(name));
create index views_user_id_position_idx on views (user_id, position, id);

alter table tasks
  add column list_id uuid,
  add column parent_id uuid,
  -- A set on the task itself: it is read, synchronised, undone and kept in the history with the task (ADR 25).
  add column tag_ids uuid[] not null default '{}',
  add column recurrence text,        -- an RRULE of RFC 5545 without DTSTART
  add column recurrence_basis text,
  add column series_id uuid,         -- the occurrences of one recurring task
  add column series_start text,      -- the rule's DTSTART, as the clock on the wall says it
  add column occurrence text,        -- when this one is scheduled, whenever it is due by now
  add column occurrence_number integer,
  add constraint tasks_list_id_fkey foreign key (user_id, list_id) references lists (user_id, id) on delete set null (list_id),
  add constraint tasks_parent_id_fkey foreign key (user_id, parent_id) references tasks (user_id, id) on delete cascade,
  add constraint tasks_tag_ids_check check (cardinality(tag_ids) <= 50),
  add constraint tasks_recurrence_check check (char_length(recurrence) between 1 and 500),
  add constraint tasks_recurrence_basis_check check (recurrence_basis in ('due', 'completion')),
  add constraint tasks_series_check check (
    (recurrence is null) = (recurrence_basis is null)
    and (series_id is null) = (occurrence_number is null) and (series_id is null) = (occurrence is null)
    and (series_id is null) = (series_start is null)
    and (recurrence is null or series_id is not null)),
  add constraint tasks_occurrence_check check (
    occurrence ~ '^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$' and series_start ~ '^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$'),
  add constraint tasks_occurrence_number_check check (occurrence_number >= 1);

create index tasks_user_id_list_id_idx on tasks (user_id, list_id, position, id) where list_id is not null;
create index tasks_user_id_parent_id_idx on tasks (user_id, parent_id, position, id) where parent_id is not null;
-- Whatever races or comes twice, an occurrence is followed by one.
create unique index tasks_user_id_occurrence_key on tasks (user_id, series_id, occurrence_number)
  where series_id is not null;

create table comments (
  user_id    uuid not null,
  id         uuid not null default gen_random_uuid(),
  task_id    uuid not null,
  body       text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision   bigint not null default 0,
  constraint comments_pkey primary key (user_id, id),
  constraint comments_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint comments_task_id_fkey foreign key (user_id, task_id) references tasks (user_id, id) on delete cascade,
  constraint comments_body_check check (char_length(body) between 1 and 10000 and body !~ '^\s*$')
);
create index comments_user_id_task_id_idx on comments (user_id, task_id, created_at, id);

-- What every row beside tasks has in common: created_at never changes, updated_at and revision are the database's.
create function stamp_row() returns trigger
language plpgsql as $$
declare
  clock user_clocks;
begin
  if tg_op = 'UPDATE' then
    if (new.user_id, new.id, new.created_at) is distinct from (old.user_id, old.id, old.created_at) then
      raise exception 'user_id, id and created_at never change'
        using errcode = 'check_violation', constraint = tg_table_name || '_immutable_check', table = tg_table_name;
    end if;
    -- A write that changes nothing is not a change.
    new.updated_at := old.updated_at;
    new.revision := old.revision;
    if new is not distinct from old then
      return new;
    end if;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  clock := tick(new.user_id);
  new.revision := clock.revision;
  return new;
end $$;

do $$
declare
  kind text;
begin
  foreach kind in array '{lists,tags,views,comments}'::text[] loop
    execute format('create trigger %1$s_stamp before insert or update on %1$s for each row execute function stamp_row()', kind);
    execute format('create trigger %1$s_hold_clock before update or delete on %1$s for each statement execute function hold_clock()', kind);
    execute format('create trigger %1$s_log_insert after insert on %1$s referencing new table as new_rows for each statement execute function log_changes(''{}'')', kind);
    execute format('create trigger %1$s_log_update after update on %1$s referencing old table as old_rows new table as new_rows for each statement execute function log_changes(''{}'')', kind);
    execute format('create trigger %1$s_log_delete after delete on %1$s referencing old table as old_rows for each statement execute function log_changes(''{}'')', kind);
    execute format('alter table %s enable row level security', kind);
    execute format('alter table %s force row level security', kind);
    execute format('create policy %1$s_owner on %1$s to ownlist_app using (user_id = (select current_user_id())) with check (user_id = (select current_user_id()))', kind);
    execute format('create policy %1$s_upkeep on %1$s to current_user using (true) with check (true)', kind);
    execute format('grant select, insert, update, delete on %s to ownlist_app', kind);
  end loop;
end $$;

-- A tag that goes, goes from every task, in the same revision: taking that back brings both back.
create function untag_tasks() returns trigger
language plpgsql as $$
begin
  -- Where an account goes, its tags have gone before; and until PostgreSQL 17 this runs as whoever removed the account.
  if not exists (select from deleted) then
    return null;
  end if;
  update tasks t set tag_ids = array(select unnest(t.tag_ids) except select d.id from deleted d where d.user_id = t.user_id)
  where t.user_id in (select d.user_id from deleted d) and t.tag_ids && array(select d.id from deleted d);
  return null;
end $$;
create trigger tags_untag after delete on tags referencing old table as deleted
  for each statement execute function untag_tasks();

-- A task's place among others. It runs after the clock is held (tasks_stamp), and sees what is committed by then.
create function place_task() returns trigger
language plpgsql as $$
declare
  ancestor uuid := new.parent_id;
  depth integer := 1;
  below integer;
begin
  if new.tag_ids <> '{}' and (tg_op = 'INSERT' or new.tag_ids is distinct from old.tag_ids) then
    new.tag_ids := array(select distinct unnest(new.tag_ids) order by 1);
    if exists (select unnest(new.tag_ids) except select id from tags where user_id = new.user_id) then
      raise exception 'a tag does not exist'
        using errcode = 'foreign_key_violation', constraint = 'tasks_tag_ids_fkey', table = 'tasks';
    end if;
  end if;
  if new.parent_id is not null and (tg_op = 'INSERT' or new.parent_id is distinct from old.parent_id) then
    while ancestor is not null loop
      if ancestor = new.id then
        raise exception 'a task cannot be below itself'
          using errcode = 'check_violation', constraint = 'tasks_parent_cycle_check', table = 'tasks';
      end if;
      depth := depth + 1;
      exit when depth > 8;
      select parent_id into ancestor from tasks where user_id = new.user_id and id = ancestor;
    end loop;
    below := 0;
    if tg_op = 'UPDATE' then
      with recursive tree as (
        select id, 0 as level from tasks where user_id = new.user_id and id = new.id
        union all
        select t.id, tree.level + 1 from tree join tasks t on t.user_id = new.user_id and t.parent_id = tree.id
        where tree.level < 8
      )
      select max(level) into below from tree;
    end if;
    if depth + coalesce(below, 0) > 8 then
      raise exception 'subtasks go eight levels deep at most'
        using errcode = 'check_violation', constraint = 'tasks_depth_check', table = 'tasks';
    end if;
  end if;
  return new;
end $$;
-- "zz": triggers run in the order of their names, and this one needs the clock.
create trigger tasks_zz_place before insert or update of parent_id, tag_ids on tasks
  for each row execute function place_task();

-- One row of any kind but tasks, as JSON with its instants in UTC; with the rights of whoever asks.
create function owned_row(kind text, row_id uuid) returns jsonb
language plpgsql stable set timezone = 'UTC' as $$
declare
  owner uuid := current_user_id();
begin
  return case kind
    when 'lists' then (select to_jsonb(r) from lists r where r.user_id = owner and r.id = row_id)
    when 'tags' then (select to_jsonb(r) from tags r where r.user_id = owner and r.id = row_id)
    when 'views' then (select to_jsonb(r) from views r where r.user_id = owner and r.id = row_id)
    when 'comments' then (select to_jsonb(r) from comments r where r.user_id = owner and r.id = row_id)
  end;
end $$;

revoke execute on function untag_tasks() from public;
