CREATE TABLE "letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"message_id" text NOT NULL,
	"replay" integer DEFAULT 0 NOT NULL,
	"origin" text,
	"body" "bytea" NOT NULL,
	"headers" json DEFAULT '{}'::json NOT NULL,
	"attempts" integer NOT NULL,
	"step" text NOT NULL,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"cause" text NOT NULL,
	"state" text DEFAULT 'dead' NOT NULL,
	"died_at" timestamp with time zone DEFAULT now() NOT NULL,
	"left_at" timestamp with time zone,
	"edited_from" uuid,
	"death" text NOT NULL,
	CONSTRAINT "letters_death_unique" UNIQUE("death")
);
--> statement-breakpoint
CREATE TABLE "order_messages" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"order_id" bigint NOT NULL,
	"product" text NOT NULL,
	"price" numeric(14, 4) NOT NULL,
	"security_check" boolean NOT NULL,
	"required_attempts" integer NOT NULL,
	"trace_id" text NOT NULL,
	"replay" integer DEFAULT 0 NOT NULL,
	"attempt" integer NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"deliveries" integer DEFAULT 1 NOT NULL,
	"worker" text NOT NULL,
	"first_at" timestamp with time zone DEFAULT now() NOT NULL,
	"begun_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"next_at" timestamp with time zone,
	"error" text,
	CONSTRAINT "order_messages_state" CHECK ("order_messages"."state" in ('running', 'retrying', 'output', 'dead', 'purged'))
);
--> statement-breakpoint
CREATE INDEX "letters_groups" ON "letters" USING btree ("source","state","step","reason","cause");--> statement-breakpoint
CREATE INDEX "letters_newest" ON "letters" USING btree ("source","state","id");--> statement-breakpoint
-- An attempt changes no indexed column: its new row stays on the page.
ALTER TABLE "order_messages" SET (fillfactor = 50);
