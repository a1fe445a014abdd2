-- Also null stays null.
ALTER TABLE "jobs" ALTER COLUMN "after" SET DATA TYPE text[] USING string_to_array("after", ',');--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "after_window_s" double precision DEFAULT 0 NOT NULL;