CREATE TABLE "api_minutes" (
	"minute" timestamp with time zone PRIMARY KEY NOT NULL,
	"answers" bigint NOT NULL,
	"errors" bigint NOT NULL,
	"latencies" bigint[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "probe_disks" (
	"host" text PRIMARY KEY NOT NULL,
	"free_bytes" bigint NOT NULL,
	"size_bytes" bigint NOT NULL,
	"measured_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "probe_samples" (
	"tick" timestamp with time zone PRIMARY KEY NOT NULL,
	"replica" text NOT NULL,
	"finished_at" timestamp with time zone,
	"api_up" boolean,
	"api_status" integer,
	"api_latency_ms" double precision,
	"roles" jsonb,
	"sql_latency_ms" double precision,
	"cache_latency_ms" double precision,
	"disk_free_share" double precision,
	"queue_dead" integer,
	"stream_lag" bigint,
	"stream_ends" jsonb,
	"oldest_input_age_s" double precision,
	"oldest_input" text
);
--> statement-breakpoint
CREATE TABLE "weather" (
	"place" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"temperature_c" double precision NOT NULL,
	"wind_kmh" double precision NOT NULL,
	"condition" text NOT NULL,
	"humidity_percent" double precision NOT NULL,
	"visibility_km" double precision,
	"read_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "weather_place_observed_at_pk" PRIMARY KEY("place","observed_at")
);
--> statement-breakpoint
CREATE INDEX "weather_observed" ON "weather" USING btree ("observed_at");--> statement-breakpoint
CREATE INDEX "runs_finished" ON "runs" USING btree ("finished_at") WHERE "runs"."finished_at" is not null;