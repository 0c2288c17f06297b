-- What reading the history and undoing need of the log.

-- As before, but columns that hold one value, as the three that say when something is due, are logged
-- together: one of them alone says nothing, and set back alone would make a value that never was.
create or replace function changed_fields(fields jsonb, other jsonb) returns jsonb
language sql immutable strict parallel safe
return (
  select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(fields) f
  where other -> f.key is distinct from f.value
    or f.key in ('due_date', 'due_all_day', 'due_time_zone') and (
      select bool_or(other -> due.key is distinct from fields -> due.key)
      from unnest('{due_date,due_all_day,due_time_zone}'::text[]) due(key))
);

-- Which revision took back which, and the trash: both are few among many.
create index revisions_user_id_undoes_idx on revisions (user_id, undoes, revision) where undoes is not null;
create index changes_user_id_deleted_idx on changes (user_id, revision) where after is null;
