-- Application commands.
select 1;
