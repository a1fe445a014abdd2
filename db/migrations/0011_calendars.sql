ALTER TABLE "slots" DROP CONSTRAINT "slots_state";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "calendar" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "holidays" jsonb;--> statement-breakpoint
ALTER TABLE "slots" ADD COLUMN "holiday" jsonb;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_state" CHECK ("slots"."state" in ('queued', 'ran', 'late', 'caught_up', 'skipped', 'missed', 'paused', 'cancelled', 'backfilled', 'holiday'));