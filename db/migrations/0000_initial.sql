CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_role" CHECK ("users"."role" in ('viewer', 'operator', 'admin'))
);
--> statement-breakpoint
CREATE TABLE "packaging" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"material" text NOT NULL,
	"kind" text NOT NULL,
	"length_mm" numeric(12, 3),
	"width_mm" numeric(12, 3),
	"height_mm" numeric(12, 3),
	"weight_g" numeric(12, 3),
	"capacity_ml" numeric(12, 3),
	"unit_cost" numeric(14, 4) NOT NULL,
	"currency" text NOT NULL,
	"supplier" text,
	"stock" integer DEFAULT 0 NOT NULL,
	"reorder_level" integer DEFAULT 0 NOT NULL,
	"recyclable" boolean DEFAULT false NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "packaging_material_known" CHECK ("packaging"."material" in ('paper', 'plastic', 'glass', 'metal', 'wood', 'other')),
	CONSTRAINT "packaging_not_negative" CHECK ("packaging"."unit_cost" >= 0 and "packaging"."stock" >= 0 and "packaging"."reorder_level" >= 0)
);
--> statement-breakpoint
CREATE TABLE "events_seen" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"content_hash" "bytea" NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"name" text PRIMARY KEY NOT NULL,
	"schedule" text NOT NULL,
	"timezone" text NOT NULL,
	"paused_at" timestamp with time zone,
	"scheduled_until" timestamp with time zone,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"run_id" uuid,
	"summary" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
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
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"slot" timestamp with time zone,
	"trigger" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"conf" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp with time zone DEFAULT now() NOT NULL,
	"worker" text,
	"lease_until" timestamp with time zone,
	"dedupe_key" text,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"error" text,
	"result" jsonb,
	CONSTRAINT "runs_job_slot" UNIQUE("job","slot"),
	CONSTRAINT "runs_dedupe" UNIQUE("job","dedupe_key"),
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
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "slots_job_slot_pk" PRIMARY KEY("job","slot")
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
	"error" text,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "charts_version" UNIQUE("source_key","source_version")
);
--> statement-breakpoint
CREATE TABLE "cache_entries" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"queue" text NOT NULL,
	"message_id" text NOT NULL,
	"body" "bytea" NOT NULL,
	"headers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"attempt" integer NOT NULL,
	"reason" text NOT NULL,
	"died_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "history_rows" (
	"table" text NOT NULL,
	"partition" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"id" text NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "history_rows_table_partition_at_id_pk" PRIMARY KEY("table","partition","at","id")
);
--> statement-breakpoint
CREATE TABLE "journal_documents" (
	"collection" text NOT NULL,
	"id" text NOT NULL,
	"key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"data" jsonb NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "journal_documents_collection_id_pk" PRIMARY KEY("collection","id")
);
--> statement-breakpoint
CREATE TABLE "queue_messages" (
	"queue" text NOT NULL,
	"id" text NOT NULL,
	"body" "bytea" NOT NULL,
	"headers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp with time zone DEFAULT now() NOT NULL,
	"consumer" uuid,
	"lease_until" timestamp with time zone,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queue_messages_queue_id_pk" PRIMARY KEY("queue","id")
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
	"key" text,
	"value" "bytea" NOT NULL,
	"headers" jsonb DEFAULT '{}'::jsonb NOT NULL,
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
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_logs" ADD CONSTRAINT "run_logs_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_job_jobs_name_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_job_jobs_name_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_username" ON "users" USING btree (lower("username"));--> statement-breakpoint
CREATE UNIQUE INDEX "packaging_sku" ON "packaging" USING btree ("sku");--> statement-breakpoint
CREATE INDEX "packaging_material" ON "packaging" USING btree ("material","id");--> statement-breakpoint
CREATE INDEX "packaging_name" ON "packaging" USING btree ("name","id");--> statement-breakpoint
CREATE INDEX "run_logs_run" ON "run_logs" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "runs_claimable" ON "runs" USING btree ("available_at","id") WHERE "runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "runs_leased" ON "runs" USING btree ("lease_until") WHERE "runs"."state" = 'running';--> statement-breakpoint
CREATE INDEX "runs_by_job" ON "runs" USING btree ("job","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "charts_leased" ON "charts" USING btree ("lease_until") WHERE "charts"."state" = 'drawing';--> statement-breakpoint
CREATE INDEX "cache_entries_expiry" ON "cache_entries" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "dead_letters_queue" ON "dead_letters" USING btree ("queue","id");--> statement-breakpoint
CREATE INDEX "journal_documents_key" ON "journal_documents" USING btree ("collection","key","at");--> statement-breakpoint
CREATE INDEX "journal_documents_expiry" ON "journal_documents" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "queue_messages_next" ON "queue_messages" USING btree ("queue","available_at");