DROP INDEX "users_username";--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "username_folded" text;--> statement-breakpoint
-- As near as the database can: the next start of the API folds names beyond ASCII as foldUsername does.
UPDATE "users" SET "username_folded" = lower("username");--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "username_folded" SET NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "users_username" ON "users" USING btree ("username_folded");
