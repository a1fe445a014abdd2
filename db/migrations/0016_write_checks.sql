CREATE TABLE "write_checks" (
	"filler" text NOT NULL
);--> statement-breakpoint
-- Written only to see whether that goes well; plain, so that no compression makes it smaller than a page.
ALTER TABLE "write_checks" SET UNLOGGED;--> statement-breakpoint
ALTER TABLE "write_checks" ALTER COLUMN "filler" SET STORAGE PLAIN;
