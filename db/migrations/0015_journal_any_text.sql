ALTER TABLE "journal_documents" ALTER COLUMN "id" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER TABLE "journal_documents" ALTER COLUMN "data" SET DATA TYPE json;