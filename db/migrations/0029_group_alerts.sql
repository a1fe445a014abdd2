CREATE TABLE "letter_group_alerts" (
	"group_id" uuid PRIMARY KEY NOT NULL,
	"subject" text NOT NULL,
	"told_at" timestamp with time zone DEFAULT now() NOT NULL
);
