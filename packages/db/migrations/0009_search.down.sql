drop trigger tasks_keep_new_texts on tasks;
drop trigger tasks_keep_texts on tasks;
drop trigger comments_keep_new_texts on comments;
drop trigger comments_keep_texts on comments;
drop function find_texts(text, text[], integer), keep_task_texts(), keep_comment_texts();
drop table task_texts;
drop function grams(uuid, text, text), grams_of_needle(uuid, text, text), gram_scope(uuid, text);
