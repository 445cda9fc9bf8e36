-- Reports, and other tools of moderators.
select 1;
