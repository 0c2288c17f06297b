-- What counting takes: how many tasks stand in each list, and have each tag, read from an index and no task.
create index tasks_user_id_list_id_completed_idx on tasks (user_id, list_id, completed);
create index tasks_user_id_tag_ids_idx on tasks (user_id, tag_ids, completed) where tag_ids <> '{}';

-- The same tags in another order are the same: put in order before anything asks whether the row has changed.
create function sort_tags() returns trigger
language plpgsql as $$
begin
  new.tag_ids := array(select distinct unnest(new.tag_ids) order by 1);
  return new;
end $$;
-- "order": triggers run in the order of their names, and this one comes before tasks_stamp.
create trigger tasks_order_tags before insert or update of tag_ids on tasks
  for each row when (cardinality(new.tag_ids) > 1) execute function sort_tags();

-- Removes some rows of an account whose time is over, at most `most`, from the first table that has any:
-- first what the user wrote, then the log, which also hears of that, the clock last. Gives no table when
-- nothing is left. It finds the tables by their user_id, so a later one needs no word here. Comments and tasks go
-- before the lists and tags that they hang on: else the first list would take its hundred thousand tasks along.
create or replace function erase_rows(erased uuid, most integer, out removed_from text, out removed_rows bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  receipt uuid;
begin
  select erasure_id into receipt from users where id = erased and not is_active and erase_after <= now();
  if not found then
    raise exception 'this account is not to be erased' using errcode = 'insufficient_privilege';
  end if;
  insert into erasures (id, requested_at) select erasure_id, erase_asked_at from users where id = erased
  on conflict (id) do nothing;
  -- The clock before any row, as everybody does: a request of the user's own may still be under way.
  perform from user_clocks where user_id = erased for update;

  for removed_from in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    order by coalesce(array_position(array['operations', 'changes', 'revisions', 'user_clocks'], c.relname::text), 0),
      array_position(array['comments', 'tasks'], c.relname::text) nulls last, c.relname
  loop
    execute format(
      'delete from public.%I where ctid = any(array(select ctid from public.%1$I where user_id = $1 limit $2))',
      removed_from) using erased, most;
    get diagnostics removed_rows = row_count;
    if removed_rows > 0 then
      update erasures
      set removed = removed || jsonb_build_object(
        removed_from, coalesce((removed ->> removed_from)::bigint, 0) + removed_rows)
      where id = receipt;
      return;
    end if;
  end loop;

  -- What carries an address without saying whose it is.
  delete from verifications v using users u
  where u.id = erased and (strpos(concat_ws(' ', v.identifier, v.value), u.id::text) > 0
    or mentions(lower(concat_ws(' ', v.identifier, v.value)), lower(u.email)));
  get diagnostics removed_rows = row_count;
  removed_from := case when removed_rows > 0 then 'verifications' end;
  update erasures set removed = removed || jsonb_build_object('verifications', removed_rows)
  where id = receipt and removed_rows > 0;
end $$;
