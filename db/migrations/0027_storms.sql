CREATE TABLE "storms" (
	"source" text PRIMARY KEY NOT NULL,
	"paused_at" timestamp with time zone,
	"reason" text,
	"failed" integer,
	"messages" integer,
	"sample" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"decision" text,
	"decided_at" timestamp with time zone,
	"decided_by" text,
	"windows" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"decisions" jsonb DEFAULT '{}'::jsonb NOT NULL
);
