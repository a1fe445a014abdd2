CREATE TABLE "run_attempts" (
	"run_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"worker" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"error" text,
	CONSTRAINT "run_attempts_run_id_attempt_pk" PRIMARY KEY("run_id","attempt"),
	CONSTRAINT "run_attempts_state" CHECK ("run_attempts"."state" in ('running', 'succeeded', 'failed', 'lost', 'handed_back'))
);
--> statement-breakpoint
DROP INDEX "runs_claimable";--> statement-breakpoint
DROP INDEX "runs_leased";--> statement-breakpoint
ALTER TABLE "jobs" ALTER COLUMN "scheduled_until" SET DEFAULT date_trunc('milliseconds', now());--> statement-breakpoint
ALTER TABLE "jobs" ALTER COLUMN "scheduled_until" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "overlap" text DEFAULT 'skip' NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "lost" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "alone" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_queued" ON "runs" USING btree ("job","available_at","id") WHERE "runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "runs_running" ON "runs" USING btree ("job","lease_until") WHERE "runs"."state" = 'running';--> statement-breakpoint
CREATE UNIQUE INDEX "runs_alone" ON "runs" USING btree ("job") WHERE "runs"."state" = 'running' and "runs"."alone";--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_run" UNIQUE("run_id");--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_overlap" CHECK ("jobs"."overlap" in ('skip', 'queue', 'allow'));--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_state" CHECK ("runs"."state" in ('queued', 'running', 'succeeded', 'failed', 'cancelled'));--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_trigger" CHECK ("runs"."trigger" in ('schedule', 'manual', 'webhook', 'backfill'));--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_state" CHECK ("slots"."state" in ('queued', 'ran', 'late', 'caught_up', 'skipped', 'missed', 'paused'));