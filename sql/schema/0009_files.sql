-- Files: faces of people, and what is attached to messages.

alter table users
    add column banner       text,
    add column accent_color integer;
