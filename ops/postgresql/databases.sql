-- The programs' role, which is no superuser, and its databases; the server's image runs this once, on an empty volume. It may make
-- databases because a backup's drill restores into one of its own.
\getenv password DOCA_PASSWORD
create role doca login createdb password :'password';
create database doca owner doca;
create database system_a owner doca;
create database system_b owner doca;
create database output owner doca;
