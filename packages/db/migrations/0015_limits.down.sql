drop function forget_limits(integer);
drop function forgive_limits(jsonb);
drop function pass_limits(jsonb);
drop function take_tokens(bytea, integer, integer, double precision);
drop table limits;
