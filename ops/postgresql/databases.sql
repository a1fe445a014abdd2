-- The databases beside the main one; the server's image runs this once, on an empty volume.
create database system_a;
create database system_b;
create database output;
