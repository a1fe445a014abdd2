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
CREATE INDEX "backups_newest" ON "backups" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "backups_good" ON "backups" USING btree ("started_at") WHERE "backups"."ok";