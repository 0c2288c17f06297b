drop function newest_revisions(uuid[]);
