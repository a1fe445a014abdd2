CREATE TABLE "refresh_tokens" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"rotated_at" timestamp with time zone,
	"successor_salt" "bytea"
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"active_until" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"disabled_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_role" CHECK ("users"."role" in ('viewer', 'operator', 'admin'))
);
--> statement-breakpoint
CREATE TABLE "login_challenges" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"user_version" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"cookie" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
	"user_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "recovery_codes_user_id_hash_pk" PRIMARY KEY("user_id","hash")
);
--> statement-breakpoint
CREATE TABLE "two_factor" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"secret" "bytea" NOT NULL,
	"pending_until" timestamp with time zone,
	"confirmed_at" timestamp with time zone,
	"last_step" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "two_factor_state" CHECK (("two_factor"."pending_until" is null) = ("two_factor"."confirmed_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor_id" uuid,
	"actor_name" text,
	"action" text NOT NULL,
	"target" text,
	"address" text,
	"request_id" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "login_attempts" (
	"account" text NOT NULL,
	"address" text NOT NULL,
	"failures" integer NOT NULL,
	"attempted_at" timestamp with time zone NOT NULL,
	"succeeded_at" timestamp with time zone,
	CONSTRAINT "login_attempts_account_address_pk" PRIMARY KEY("account","address")
);
--> statement-breakpoint
CREATE TABLE "packaging" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"material" text NOT NULL,
	"kind" text NOT NULL,
	"length_mm" numeric,
	"width_mm" numeric,
	"height_mm" numeric,
	"weight_g" numeric,
	"capacity_ml" numeric,
	"unit_cost" numeric NOT NULL,
	"currency" text NOT NULL,
	"supplier" text,
	"stock" integer DEFAULT 0 NOT NULL,
	"reorder_level" integer DEFAULT 0 NOT NULL,
	"recyclable" boolean DEFAULT false NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"search" text GENERATED ALWAYS AS (packaging_search(sku, name, supplier, tags)) STORED NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "packaging_material_known" CHECK ("packaging"."material" in ('paper', 'plastic', 'glass', 'metal', 'wood', 'other')),
	CONSTRAINT "packaging_not_negative" CHECK ("packaging"."unit_cost" >= 0 and "packaging"."stock" >= 0 and "packaging"."reorder_level" >= 0)
);
--> statement-breakpoint
CREATE TABLE "packaging_epochs" (
	"slot" integer PRIMARY KEY NOT NULL,
	"writes" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events_seen" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"content_hash" "bytea" NOT NULL,
	"source" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"processed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"name" text PRIMARY KEY NOT NULL,
	"schedule" text NOT NULL,
	"timezone" text NOT NULL,
	"after" text,
	"overlap" text DEFAULT 'skip' NOT NULL,
	"conf_schema" jsonb,
	"paused_at" timestamp with time zone,
	"resumed_at" timestamp with time zone,
	"scheduled_until" timestamp with time zone DEFAULT date_trunc('milliseconds', now()) NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "jobs_overlap" CHECK ("jobs"."overlap" in ('skip', 'queue', 'cancel_previous', 'allow'))
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"run_id" uuid,
	"summary" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reports_run" UNIQUE("run_id")
);
--> statement-breakpoint
CREATE TABLE "run_attempts" (
	"run_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"worker" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"error" text,
	CONSTRAINT "run_attempts_run_id_attempt_pk" PRIMARY KEY("run_id","attempt"),
	CONSTRAINT "run_attempts_state" CHECK ("run_attempts"."state" in ('running', 'succeeded', 'failed', 'lost', 'handed_back', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "run_logs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	"data" jsonb,
	"logged_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_steps" (
	"run_id" uuid NOT NULL,
	"name" text NOT NULL,
	"attempt" integer NOT NULL,
	"result" json,
	"finished_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_steps_run_id_name_pk" PRIMARY KEY("run_id","name")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"slot" timestamp with time zone,
	"trigger" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"conf" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"lost" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp with time zone DEFAULT now() NOT NULL,
	"worker" text,
	"lease_until" timestamp with time zone,
	"alone" boolean DEFAULT false NOT NULL,
	"dedupe_key" text,
	"cancel_requested_at" timestamp with time zone,
	"cancel_reason" text,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"error" text,
	"result" jsonb,
	CONSTRAINT "runs_job_slot" UNIQUE("job","slot"),
	CONSTRAINT "runs_dedupe" UNIQUE("job","dedupe_key"),
	CONSTRAINT "runs_state" CHECK ("runs"."state" in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT "runs_trigger" CHECK ("runs"."trigger" in ('schedule', 'manual', 'webhook', 'backfill', 'after')),
	CONSTRAINT "runs_attempt" CHECK ("runs"."attempt" >= 0)
);
--> statement-breakpoint
CREATE TABLE "slots" (
	"job" text NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	"slot_until" timestamp with time zone,
	"count" integer DEFAULT 1 NOT NULL,
	"state" text NOT NULL,
	"run_id" uuid,
	"backfilled" integer DEFAULT 0 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "slots_job_slot_pk" PRIMARY KEY("job","slot"),
	CONSTRAINT "slots_state" CHECK ("slots"."state" in ('queued', 'ran', 'late', 'caught_up', 'skipped', 'missed', 'paused', 'cancelled', 'backfilled'))
);
--> statement-breakpoint
CREATE TABLE "charts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source_key" text NOT NULL,
	"source_version" text NOT NULL,
	"state" text NOT NULL,
	"attempt" integer DEFAULT 1 NOT NULL,
	"worker" text,
	"lease_until" timestamp with time zone,
	"output_key" text,
	"error_code" text,
	"error" jsonb,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "charts_version" UNIQUE("source_key","source_version")
);
--> statement-breakpoint
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
CREATE TABLE "cache_entries" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stream_members" (
	"group" text NOT NULL,
	"topic" text NOT NULL,
	"member" uuid NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	CONSTRAINT "stream_members_group_topic_member_pk" PRIMARY KEY("group","topic","member")
);
--> statement-breakpoint
CREATE TABLE "stream_messages" (
	"topic" text NOT NULL,
	"partition" integer NOT NULL,
	"offset" bigint NOT NULL,
	"key" "bytea",
	"value" "bytea" NOT NULL,
	"headers" json DEFAULT '{}'::json NOT NULL,
	"produced_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stream_messages_topic_partition_offset_pk" PRIMARY KEY("topic","partition","offset")
);
--> statement-breakpoint
CREATE TABLE "stream_offsets" (
	"group" text NOT NULL,
	"topic" text NOT NULL,
	"partition" integer NOT NULL,
	"next_offset" bigint NOT NULL,
	"member" uuid,
	"lease_until" timestamp with time zone,
	"epoch" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "stream_offsets_group_topic_partition_pk" PRIMARY KEY("group","topic","partition")
);
--> statement-breakpoint
CREATE TABLE "stream_partitions" (
	"topic" text NOT NULL,
	"partition" integer NOT NULL,
	"next_offset" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "stream_partitions_topic_partition_pk" PRIMARY KEY("topic","partition")
);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"queue" text NOT NULL,
	"message_id" text NOT NULL,
	"body" "bytea" NOT NULL,
	"headers" json DEFAULT '{}'::json NOT NULL,
	"attempt" integer NOT NULL,
	"reason" text NOT NULL,
	"died_at" timestamp with time zone DEFAULT now() NOT NULL,
	"death" text,
	CONSTRAINT "dead_letters_death_unique" UNIQUE("death")
);
--> statement-breakpoint
CREATE TABLE "queue_delays" (
	"queue" text NOT NULL,
	"retry_delay_ms" bigint NOT NULL,
	"left_at" timestamp with time zone,
	CONSTRAINT "queue_delays_queue_retry_delay_ms_pk" PRIMARY KEY("queue","retry_delay_ms")
);
--> statement-breakpoint
CREATE TABLE "queue_messages" (
	"queue" text NOT NULL,
	"id" text NOT NULL,
	"body" "bytea" NOT NULL,
	"headers" json DEFAULT '{}'::json NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"claim" integer DEFAULT 0 NOT NULL,
	"lost" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp with time zone DEFAULT now() NOT NULL,
	"consumer" uuid,
	"lease_until" timestamp with time zone,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queue_messages_queue_id_pk" PRIMARY KEY("queue","id")
);
--> statement-breakpoint
CREATE TABLE "history_rows" (
	"table" text NOT NULL,
	"partition" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"id" text collate "C" NOT NULL,
	"data" jsonb NOT NULL,
	"written_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "history_rows_table_partition_at_id_pk" PRIMARY KEY("table","partition","at","id")
);
--> statement-breakpoint
CREATE TABLE "journal_documents" (
	"collection" text NOT NULL,
	"id" text collate "C" NOT NULL,
	"key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"data" json NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "journal_documents_collection_id_pk" PRIMARY KEY("collection","id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"id" uuid NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"status" integer,
	"headers" json,
	"body" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_user_id_key_pk" PRIMARY KEY("user_id","key")
);
--> statement-breakpoint
CREATE TABLE "alert_channels" (
	"name" text PRIMARY KEY NOT NULL,
	"min_severity" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_notifications" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"alert_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"number" integer DEFAULT 0 NOT NULL,
	"detail" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"dead_at" timestamp with time zone,
	"last_error" text,
	CONSTRAINT "alert_notifications_once" UNIQUE("alert_id","channel","kind","number"),
	CONSTRAINT "alert_notifications_kind" CHECK ("alert_notifications"."kind" in ('firing', 'reminder', 'resolved'))
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"rule" text NOT NULL,
	"alias" text,
	"subject" text NOT NULL,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"failures" integer NOT NULL,
	"successes" integer DEFAULT 0 NOT NULL,
	"detail" jsonb NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_failed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"fired_at" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" text,
	"changed_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "alerts_state" CHECK ("alerts"."state" in ('pending', 'firing', 'resolved')),
	CONSTRAINT "alerts_severity" CHECK ("alerts"."severity" in ('INFO', 'WARNING', 'ERROR', 'CRITICAL')),
	CONSTRAINT "alerts_times" CHECK (("alerts"."fired_at" is null) = ("alerts"."state" = 'pending'))
);
--> statement-breakpoint
CREATE TABLE "missed_slots" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	"slot_until" timestamp with time zone,
	"count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "silences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"rule" text,
	"subject" text,
	"starts_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "silences_times" CHECK ("silences"."ends_at" > "silences"."starts_at")
);
--> statement-breakpoint
CREATE TABLE "backups" (
	"id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"ok" boolean,
	"error" text,
	"worker" text NOT NULL,
	"file" text NOT NULL,
	"folder" text NOT NULL,
	"size_bytes" bigint,
	"sha256" text,
	"encrypted" boolean NOT NULL,
	"summary" jsonb,
	"copied_at" timestamp with time zone,
	"drilled_at" timestamp with time zone,
	"drill_ok" boolean,
	"drill_error" text
);
--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "login_challenges" ADD CONSTRAINT "login_challenges_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_logs" ADD CONSTRAINT "run_logs_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_steps" ADD CONSTRAINT "run_steps_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_job_jobs_name_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_job_jobs_name_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notifications" ADD CONSTRAINT "alert_notifications_alert_id_alerts_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alerts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_username" ON "users" USING btree (lower("username"));--> statement-breakpoint
CREATE INDEX "login_challenges_user" ON "login_challenges" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "audit_at" ON "audit" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_action" ON "audit" USING btree ("action","at","id");--> statement-breakpoint
CREATE INDEX "login_attempts_age" ON "login_attempts" USING btree ("attempted_at");--> statement-breakpoint
CREATE UNIQUE INDEX "packaging_sku" ON "packaging" USING btree ("sku");--> statement-breakpoint
CREATE INDEX "packaging_material" ON "packaging" USING btree ("material","id");--> statement-breakpoint
CREATE INDEX "packaging_name" ON "packaging" USING btree (fold_text("name"),"id");--> statement-breakpoint
CREATE INDEX "run_logs_run" ON "run_logs" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "runs_queued" ON "runs" USING btree ("job",("trigger" = 'backfill'),"available_at","id") WHERE "runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "runs_running" ON "runs" USING btree ("job","lease_until") WHERE "runs"."state" = 'running';--> statement-breakpoint
CREATE UNIQUE INDEX "runs_alone" ON "runs" USING btree ("job") WHERE "runs"."state" = 'running' and "runs"."alone";--> statement-breakpoint
CREATE INDEX "runs_by_job" ON "runs" USING btree ("job","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_finished" ON "runs" USING btree ("finished_at") WHERE "runs"."finished_at" is not null;--> statement-breakpoint
CREATE INDEX "charts_leased" ON "charts" USING btree ("lease_until") WHERE "charts"."state" = 'drawing';--> statement-breakpoint
CREATE INDEX "weather_observed" ON "weather" USING btree ("observed_at");--> statement-breakpoint
CREATE INDEX "cache_entries_expiry" ON "cache_entries" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "dead_letters_queue" ON "dead_letters" USING btree ("queue","id");--> statement-breakpoint
CREATE INDEX "queue_messages_next" ON "queue_messages" USING btree ("queue","available_at");--> statement-breakpoint
CREATE INDEX "journal_documents_key" ON "journal_documents" USING btree ("collection","key","at");--> statement-breakpoint
CREATE INDEX "journal_documents_expiry" ON "journal_documents" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "alert_notifications_due" ON "alert_notifications" USING btree ("channel","available_at","id") WHERE "alert_notifications"."sent_at" is null and "alert_notifications"."dead_at" is null;--> statement-breakpoint
CREATE INDEX "alert_notifications_sent" ON "alert_notifications" USING btree ("channel","sent_at") WHERE "alert_notifications"."sent_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open" ON "alerts" USING btree ("rule","subject") WHERE "alerts"."state" <> 'resolved';--> statement-breakpoint
CREATE INDEX "alerts_opened" ON "alerts" USING btree ("opened_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "alerts_changed" ON "alerts" USING btree ("changed_at");--> statement-breakpoint
CREATE INDEX "silences_ends" ON "silences" USING btree ("ends_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "backups_newest" ON "backups" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "backups_good" ON "backups" USING btree ("started_at") WHERE "backups"."ok";