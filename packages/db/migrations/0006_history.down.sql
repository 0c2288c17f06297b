drop index changes_user_id_deleted_idx;
drop index revisions_user_id_undoes_idx;

create or replace function changed_fields(fields jsonb, other jsonb) returns jsonb
language sql immutable strict parallel safe
return (
  select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(fields) f
  where other -> f.key is distinct from f.value
);
