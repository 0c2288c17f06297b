create or replace function changed_fields(fields jsonb, other jsonb) returns jsonb
language sql immutable strict parallel safe
return (
  select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(fields) f
  where other -> f.key is distinct from f.value
    or f.key in ('due_date', 'due_all_day', 'due_time_zone') and (
      select bool_or(other -> due.key is distinct from fields -> due.key)
      from unnest('{due_date,due_all_day,due_time_zone}'::text[]) due(key))
);
