DROP INDEX "letters_groups";--> statement-breakpoint
DROP INDEX "letters_newest";--> statement-breakpoint
CREATE INDEX "letters_groups" ON "letters" USING btree ("source","state","group_id","id");--> statement-breakpoint
CREATE INDEX "letters_newest" ON "letters" USING btree ("source","state","id","group_id","died_at");