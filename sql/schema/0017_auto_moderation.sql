-- Automatic moderation.
select 1;
