-- Filled in by its feature.
select;
