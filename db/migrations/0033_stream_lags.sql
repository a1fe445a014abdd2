ALTER TABLE "probe_samples" ADD COLUMN "stream_committed" jsonb;--> statement-breakpoint
ALTER TABLE "probe_samples" ADD COLUMN "stream_waited_s" jsonb;