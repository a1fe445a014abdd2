ALTER TABLE "jobs" ADD COLUMN "pool" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "pool_limit" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "pool" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "pool_place" integer;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_pool_place" ON "runs" USING btree ("pool","pool_place") WHERE "runs"."state" = 'running' and "runs"."pool" is not null;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_pool" CHECK (("jobs"."pool" is null) = ("jobs"."pool_limit" is null));