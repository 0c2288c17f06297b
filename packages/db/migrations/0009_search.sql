-- Search: an index of every three characters that follow each other in what a user wrote.
--
-- Under row-level security only leakproof operators are index conditions, and no operator of a GIN index is. So the
-- index stands on a table of its own that no request can touch, and one function, which runs as the owner, answers from
-- it: with ids of the current user's tasks and with nothing else. The tasks themselves are then read as all others are.
--
-- The keys of the index begin with the user: what a search reads grows with the user's own tasks and not with
-- everybody's, and how long it takes tells nothing about others (ADR 24).

create table task_texts (
  user_id uuid not null,
  task_id uuid not null,
  kind    text not null,
  id      uuid not null, -- the comment's, else the task's own
  body    text collate "C" not null, -- folded; a title stands behind a line feed, which marks its start
  constraint task_texts_pkey primary key (user_id, task_id, kind, id),
  -- None to tasks: five thousand at once would each look for their task by a plan that was made when there was one.
  constraint task_texts_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint task_texts_kind_check check (kind in ('title', 'description', 'comment'))
);

-- What all grams of one user's texts of one kind begin with. It need not be unique: rows are compared with the user's
-- id as well.
create function gram_scope(user_id uuid, kind text) returns text
language sql immutable strict parallel safe
return right(user_id::text, 12) || left(kind, 1);

-- Every three characters of a text, and the two and the one at its end, so that each character begins a gram.
create function grams(user_id uuid, kind text, body text) returns tsvector
language sql immutable strict parallel safe
return (
  select array_to_tsvector(array_agg(scope || a || coalesce(b, '') || coalesce(c, '')))
  from (select string_to_array(body, null) as chars, gram_scope(user_id, kind) as scope offset 0) t,
    unnest(chars, chars[2:], chars[3:]) as gram(a, b, c)
);

-- What a text has to have to contain the needle: all its grams or, where it is shorter than one, any that begins so.
create function grams_of_needle(user_id uuid, kind text, needle text) returns tsquery
language sql immutable strict parallel safe
return (
  select string_agg(
    '''' || replace(replace(gram_scope(user_id, kind) || substr(needle, at, 3), '\', '\\'), '''', '''''') || ''''
      || case when char_length(needle) < 3 then ':*' else '' end, ' & ')::tsquery
  from generate_series(1, greatest(char_length(needle) - 2, 1)) at
);

-- For each of the kinds, the current user's tasks with such a text that contains the (folded) needle; null where they
-- are many: more than `most`, or twenty of the newest 600 texts, and then whoever walks the tasks from the newest on soon
-- finds a page of them. The user's id is compared in a way that is no index condition, lest the planner read all of the
-- user's texts instead.
create function find_texts(needle text, kinds text[], most integer) returns table (kind text, task_ids uuid[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
declare
  me uuid := current_user_id();
  wanted_grams tsquery;
  frequent text[];
begin
  if me is null then
    return;
  end if;
  frequent := array(
    select newest.kind
    from (select t.kind, t.body from task_texts t where t.user_id = me order by t.task_id desc limit 600) newest
    where strpos(newest.body, needle) > 0 group by newest.kind having count(*) >= 20);

  foreach kind in array kinds loop
    task_ids := null;
    if kind <> all(frequent) then
      wanted_grams := grams_of_needle(me, kind, needle);
      task_ids := array(
        select t.task_id from task_texts t
        where grams(t.user_id, t.kind, t.body) @@ wanted_grams and strpos(t.body, needle) > 0
          and t.user_id is not distinct from me and t.kind is not distinct from find_texts.kind
        limit most + 1);
      if cardinality(task_ids) > most then
        task_ids := null;
      end if;
    end if;
    return next;
  end loop;
end $$;

-- Keeps the texts as the tasks and comments are; their own triggers have stamped and folded the rows by then. Those of new
-- tasks are entered by one statement however many: what makes the grams is prepared once for each statement.
create function keep_new_task_texts() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into task_texts (user_id, task_id, kind, id, body)
  select n.user_id, n.id, said.kind, n.id, said.body
  from new_rows n, lateral (values ('title', e'\n' || n.title_folded), ('description', n.description_folded)) said(kind, body)
  where said.body <> '';
  return null;
end $$;

create function keep_task_texts() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
begin
  insert into task_texts as t (user_id, task_id, kind, id, body)
  select new.user_id, new.id, said.kind, new.id, said.body
  from (values ('title', e'\n' || new.title_folded), ('description', new.description_folded)) said(kind, body)
  where said.body <> ''
  on conflict (user_id, task_id, kind, id) do update set body = excluded.body where t.body <> excluded.body;
  if coalesce(new.description_folded, '') = '' then
    delete from task_texts where user_id = new.user_id and task_id = new.id and kind = 'description';
  end if;
  return null;
end $$;

create function forget_task_texts() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
begin
  delete from task_texts t using old_rows o where t.user_id = o.user_id and t.task_id = o.id;
  return null;
end $$;

create function keep_comment_texts() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
begin
  if tg_op <> 'INSERT' then
    delete from task_texts
    where user_id = old.user_id and task_id = old.task_id and kind = 'comment' and id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into task_texts (user_id, task_id, kind, id, body)
    select new.user_id, new.task_id, 'comment', new.id, folded from fold(new.body) folded where folded <> '';
  end if;
  return null;
end $$;

insert into task_texts (user_id, task_id, kind, id, body)
  select user_id, id, 'title', id, e'\n' || title_folded from tasks
  union all
  select user_id, id, 'description', id, description_folded from tasks where description_folded <> ''
  union all
  select user_id, task_id, 'comment', id, folded from comments, fold(body) folded where folded <> '';

-- New entries are gathered, 128 kB of them, and entered together, which halves their cost. Every search reads what is
-- gathered, so it may not be more.
create index task_texts_grams_idx on task_texts using gin (grams(user_id, kind, body))
  with (fastupdate = on, gin_pending_list_limit = 128);

create trigger tasks_keep_new_texts after insert on tasks referencing new table as new_rows
  for each statement execute function keep_new_task_texts();
create trigger tasks_forget_texts after delete on tasks referencing old table as old_rows
  for each statement execute function forget_task_texts();
create trigger tasks_keep_texts after update on tasks
  for each row when ((old.title, old.description) is distinct from (new.title, new.description))
  execute function keep_task_texts();
create trigger comments_keep_new_texts after insert or delete on comments
  for each row execute function keep_comment_texts();
create trigger comments_keep_texts after update on comments
  for each row when ((old.task_id, old.body) is distinct from (new.task_id, new.body))
  execute function keep_comment_texts();

alter table task_texts enable row level security;
alter table task_texts force row level security;
-- Forced row-level security binds the owner too, and the functions above run as the owner. Nobody else has a policy.
create policy task_texts_upkeep on task_texts to current_user using (true) with check (true);

revoke execute on function find_texts(text, text[], integer), keep_new_task_texts(), keep_task_texts(), forget_task_texts(), keep_comment_texts() from public;
grant execute on function find_texts(text, text[], integer) to ownlist_app;
