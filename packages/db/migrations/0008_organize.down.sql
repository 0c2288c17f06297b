drop function owned_row(text, uuid);
drop trigger tasks_zz_place on tasks;
drop function place_task();
drop table comments;
alter table tasks
  drop column list_id, drop column parent_id, drop column tag_ids, drop column recurrence, drop column recurrence_basis,
  drop column series_id, drop column series_start, drop column occurrence, drop column occurrence_number;
drop table views, tags, lists;
drop function untag_tasks(), stamp_row();
