ALTER TABLE "jobs" DROP CONSTRAINT "jobs_overlap";--> statement-breakpoint
ALTER TABLE "run_attempts" DROP CONSTRAINT "run_attempts_state";--> statement-breakpoint
ALTER TABLE "runs" DROP CONSTRAINT "runs_trigger";--> statement-breakpoint
ALTER TABLE "slots" DROP CONSTRAINT "slots_state";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "after" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "cancel_requested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "cancel_reason" text;--> statement-breakpoint
ALTER TABLE "slots" ADD COLUMN "backfilled" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_overlap" CHECK ("jobs"."overlap" in ('skip', 'queue', 'cancel_previous', 'allow'));--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_state" CHECK ("run_attempts"."state" in ('running', 'succeeded', 'failed', 'lost', 'handed_back', 'cancelled'));--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_trigger" CHECK ("runs"."trigger" in ('schedule', 'manual', 'webhook', 'backfill', 'after'));--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_state" CHECK ("slots"."state" in ('queued', 'ran', 'late', 'caught_up', 'skipped', 'missed', 'paused', 'cancelled', 'backfilled'));