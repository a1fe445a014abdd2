CREATE TABLE "job_replicas" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"folder" text NOT NULL,
	"jobs" text[] NOT NULL,
	"problems" jsonb NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"stopped_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "catchup" text DEFAULT 'last' NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "catchup_window_s" double precision;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "file" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gone_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_catchup" CHECK ("jobs"."catchup" in ('none', 'last', 'all'));