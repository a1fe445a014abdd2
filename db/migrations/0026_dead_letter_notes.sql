CREATE TABLE "letter_notes" (
	"group_id" uuid PRIMARY KEY NOT NULL,
	"note" text NOT NULL,
	"noted_by" text NOT NULL,
	"noted_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "letters_groups";--> statement-breakpoint
ALTER TABLE "letters" ADD COLUMN "group_id" uuid GENERATED ALWAYS AS (md5(source || chr(31) || step || chr(31) || reason || chr(31) || cause)::uuid) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "letters" ADD COLUMN "search" text GENERATED ALWAYS AS (fold_text(message_id || chr(10) || reason || chr(10) || detail)) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "letters_message" ON "letters" USING btree ("source","message_id");--> statement-breakpoint
CREATE INDEX "letters_groups" ON "letters" USING btree ("source","state","group_id","id","died_at");