ALTER TABLE "queue_messages" ADD COLUMN "lease_until" timestamp with time zone;--> statement-breakpoint
-- A lease used to move the time of delivery.
UPDATE "queue_messages" SET "lease_until" = "available_at", "available_at" = now() WHERE "consumer" IS NOT NULL AND "available_at" > now();--> statement-breakpoint
-- A claim changes no indexed column: half of each page is kept free, so that its new row is on the same page and no index learns of it.
ALTER TABLE "queue_messages" SET (fillfactor = 50);
