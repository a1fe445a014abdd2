-- Functions come before the tables, because a generated column and an index of packaging call them. This migration,
-- 0001_schema (as drizzle-kit generates it) and 0002_by_hand replace 29 earlier ones.

-- Text without case and accents, for search and for the order of names. No extension: DATABASE_URL's user may not create one.
CREATE FUNCTION fold_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(regexp_replace(normalize(value, NFD), '[\u0300-\u036f]', '', 'g'));--> statement-breakpoint
-- array_to_string is only stable because of other element types; over text it is immutable, as a generated column needs.
CREATE FUNCTION packaging_search(sku text, name text, supplier text, tags text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN fold_text(concat_ws(E'\n', sku, name, supplier, array_to_string(tags, E'\n')));--> statement-breakpoint
CREATE FUNCTION count_packaging_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE packaging_epochs SET writes = writes + 1 WHERE slot = pg_backend_pid() % 16;
  RETURN NULL;
END $$;
