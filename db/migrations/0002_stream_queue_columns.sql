ALTER TABLE "dead_letters" ALTER COLUMN "headers" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "dead_letters" ALTER COLUMN "headers" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "dead_letters" ALTER COLUMN "headers" SET DEFAULT '{}'::json;--> statement-breakpoint
ALTER TABLE "queue_messages" ALTER COLUMN "headers" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "queue_messages" ALTER COLUMN "headers" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "queue_messages" ALTER COLUMN "headers" SET DEFAULT '{}'::json;--> statement-breakpoint
ALTER TABLE "stream_messages" ALTER COLUMN "key" SET DATA TYPE bytea USING convert_to("key", 'UTF8');--> statement-breakpoint
ALTER TABLE "stream_messages" ALTER COLUMN "headers" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "stream_messages" ALTER COLUMN "headers" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "stream_messages" ALTER COLUMN "headers" SET DEFAULT '{}'::json;--> statement-breakpoint
ALTER TABLE "queue_messages" DROP COLUMN "lease_until";
