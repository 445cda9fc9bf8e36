-- Interactions, and what only one person is shown.
select 1;
