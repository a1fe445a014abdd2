DROP INDEX "runs_queued";--> statement-breakpoint
CREATE INDEX "runs_queued" ON "runs" USING btree ("job",("trigger" = 'backfill'),"available_at","id") WHERE "runs"."state" = 'queued';