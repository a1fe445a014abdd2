ALTER TABLE "history_rows" ALTER COLUMN "id" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER TABLE "history_rows" ADD COLUMN "written_at" timestamp with time zone DEFAULT now() NOT NULL;