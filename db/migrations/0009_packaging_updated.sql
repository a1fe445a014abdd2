ALTER TABLE "packaging" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();--> statement-breakpoint
ALTER TABLE "packaging" ALTER COLUMN "updated_at" SET DEFAULT clock_timestamp();--> statement-breakpoint
CREATE INDEX "packaging_updated" ON "packaging" USING btree ("updated_at","id");