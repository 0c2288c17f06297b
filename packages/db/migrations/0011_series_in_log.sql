-- What a task says of its series are six columns, and a rule without its series is none: where one of them changes,
-- the log keeps all six, as it does with the three of a due date (0006_history). So the history can tell the field as
-- it was and is, and an undo puts back all of it or nothing.
create or replace function changed_fields(fields jsonb, other jsonb) returns jsonb
language sql immutable strict parallel safe
return (
  select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(fields) f
  where other -> f.key is distinct from f.value
    or f.key in ('due_date', 'due_all_day', 'due_time_zone') and (
      select bool_or(other -> due.key is distinct from fields -> due.key)
      from unnest('{due_date,due_all_day,due_time_zone}'::text[]) due(key))
    or f.key in ('recurrence', 'recurrence_basis', 'series_id', 'series_start', 'occurrence', 'occurrence_number') and (
      select bool_or(other -> series.key is distinct from fields -> series.key)
      from unnest('{recurrence,recurrence_basis,series_id,series_start,occurrence,occurrence_number}'::text[]) series(key))
);
