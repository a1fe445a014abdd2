-- Text without case and accents, for search and for the order of names. No extension: DATABASE_URL's user may not create one.
CREATE FUNCTION fold_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(regexp_replace(normalize(value, NFD), '[\u0300-\u036f]', '', 'g'));--> statement-breakpoint
-- array_to_string is only stable because of other element types; over text it is immutable, as a generated column needs.
CREATE FUNCTION packaging_search(sku text, name text, supplier text, tags text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN fold_text(concat_ws(E'\n', sku, name, supplier, array_to_string(tags, E'\n')));--> statement-breakpoint
DROP INDEX "packaging_name";--> statement-breakpoint
ALTER TABLE "packaging" ALTER COLUMN "length_mm" SET DATA TYPE numeric;--> statement-breakpoint
ALTER TABLE "packaging" ALTER COLUMN "width_mm" SET DATA TYPE numeric;--> statement-breakpoint
ALTER TABLE "packaging" ALTER COLUMN "height_mm" SET DATA TYPE numeric;--> statement-breakpoint
ALTER TABLE "packaging" ALTER COLUMN "weight_g" SET DATA TYPE numeric;--> statement-breakpoint
ALTER TABLE "packaging" ALTER COLUMN "capacity_ml" SET DATA TYPE numeric;--> statement-breakpoint
ALTER TABLE "packaging" ALTER COLUMN "unit_cost" SET DATA TYPE numeric;--> statement-breakpoint
ALTER TABLE "packaging" ADD COLUMN "search" text GENERATED ALWAYS AS (packaging_search(sku, name, supplier, tags)) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "packaging_name" ON "packaging" USING btree (fold_text("name"),"id");