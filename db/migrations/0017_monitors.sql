CREATE TABLE "monitor_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"monitor" text NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"kind" text NOT NULL,
	"reason" text,
	"detail" jsonb,
	"latency_ms" double precision,
	"log" text,
	CONSTRAINT "monitor_events_kind" CHECK ("monitor_events"."kind" in ('up', 'failing', 'down', 'start', 'success', 'fail', 'overdue'))
);
--> statement-breakpoint
CREATE TABLE "monitor_hours" (
	"monitor" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"good" integer NOT NULL,
	"failed" integer NOT NULL,
	"covered_s" double precision NOT NULL,
	"latency_sum_ms" double precision NOT NULL,
	"latency_max_ms" double precision NOT NULL,
	"latencies" integer NOT NULL,
	CONSTRAINT "monitor_hours_monitor_hour_pk" PRIMARY KEY("monitor","hour")
);
--> statement-breakpoint
CREATE TABLE "monitors" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"ask" jsonb NOT NULL,
	"every_s" double precision NOT NULL,
	"timeout_s" double precision NOT NULL,
	"failures_to_down" integer NOT NULL,
	"file" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"gone_at" timestamp with time zone,
	"next_at" timestamp with time zone NOT NULL,
	"turn" integer DEFAULT 0 NOT NULL,
	"recorded" integer DEFAULT 0 NOT NULL,
	"state" text DEFAULT 'new' NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"reason" text,
	"detail" jsonb,
	"checked_at" timestamp with time zone,
	"latency_ms" double precision,
	"started_at" timestamp with time zone,
	"certificate_ends_at" timestamp with time zone,
	CONSTRAINT "monitors_kind" CHECK ("monitors"."kind" in ('http', 'tcp', 'dns', 'push')),
	CONSTRAINT "monitors_state" CHECK ("monitors"."state" in ('new', 'up', 'failing', 'down'))
);
--> statement-breakpoint
ALTER TABLE "job_replicas" ADD COLUMN "monitors" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "monitor_events" ADD CONSTRAINT "monitor_events_monitor_monitors_name_fk" FOREIGN KEY ("monitor") REFERENCES "public"."monitors"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitor_hours" ADD CONSTRAINT "monitor_hours_monitor_monitors_name_fk" FOREIGN KEY ("monitor") REFERENCES "public"."monitors"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "monitor_events_monitor" ON "monitor_events" USING btree ("monitor","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "monitor_events_at" ON "monitor_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "monitor_hours_hour" ON "monitor_hours" USING btree ("hour");--> statement-breakpoint
-- Every check updates its rows, none of it in an index.
ALTER TABLE "monitors" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "monitor_hours" SET (fillfactor = 50);
