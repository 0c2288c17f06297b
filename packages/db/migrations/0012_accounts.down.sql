drop table security_events;
drop table email_tokens;
alter table sessions drop column last_used_at;
