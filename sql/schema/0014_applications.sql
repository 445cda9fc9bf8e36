-- Applications whose owners look after them, and the bots they bring into guilds.
select 1;
