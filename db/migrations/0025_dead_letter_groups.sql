DROP INDEX "letters_groups";--> statement-breakpoint
CREATE INDEX "letters_groups" ON "letters" USING btree ("source","state","step","reason","cause","died_at");