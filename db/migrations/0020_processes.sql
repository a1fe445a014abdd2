ALTER TABLE "programs" ADD COLUMN "version" text;--> statement-breakpoint
ALTER TABLE "programs" ADD COLUMN "bun" text;--> statement-breakpoint
ALTER TABLE "programs" ADD COLUMN "memory_bytes" bigint;--> statement-breakpoint
ALTER TABLE "programs" ADD COLUMN "loop_delay_ms" double precision;--> statement-breakpoint
ALTER TABLE "programs" ADD COLUMN "settings" jsonb;