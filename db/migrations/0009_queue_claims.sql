ALTER TABLE "dead_letters" ADD COLUMN "death" text;--> statement-breakpoint
ALTER TABLE "queue_messages" ADD COLUMN "claim" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_messages" ADD COLUMN "lost" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD CONSTRAINT "dead_letters_death_unique" UNIQUE("death");--> statement-breakpoint
-- The claim used to count the attempt; now its decision does.
UPDATE "queue_messages" SET "attempt" = "attempt" - 1, "claim" = "attempt" WHERE "consumer" IS NOT NULL AND "attempt" > 0;
