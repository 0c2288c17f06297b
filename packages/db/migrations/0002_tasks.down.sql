drop policy users_tick on users;
drop table tasks;
drop table user_clocks cascade;
drop function stamp_task();
drop function remember_task_numbers();
drop function stamp_deleted_tasks();
drop function hold_clock();
drop function fold(text);
