CREATE TABLE "replay_letters" (
	"replay_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"letter_id" uuid NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"sent_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"died_as" uuid,
	CONSTRAINT "replay_letters_replay_id_position_pk" PRIMARY KEY("replay_id","position")
);
--> statement-breakpoint
CREATE TABLE "replays" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"source" text NOT NULL,
	"filter" json NOT NULL,
	"state" text NOT NULL,
	"resumes_as" text,
	"pause_reason" text,
	"rate_per_s" real NOT NULL,
	"canary" integer NOT NULL,
	"total" integer NOT NULL,
	"taken" integer NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"driver" uuid,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "order_messages" DROP CONSTRAINT "order_messages_state";--> statement-breakpoint
CREATE INDEX "replay_letters_state" ON "replay_letters" USING btree ("replay_id","state","position");--> statement-breakpoint
CREATE INDEX "replay_letters_letter" ON "replay_letters" USING btree ("letter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "replay_letters_open" ON "replay_letters" USING btree ("letter_id") WHERE "replay_letters"."state" in ('pending', 'sending', 'sent');--> statement-breakpoint
CREATE INDEX "replays_newest" ON "replays" USING btree ("source","id");--> statement-breakpoint
ALTER TABLE "order_messages" ADD CONSTRAINT "order_messages_state" CHECK ("order_messages"."state" in ('running', 'retrying', 'output', 'dead', 'purged', 'replayed'));