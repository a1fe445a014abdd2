CREATE INDEX "charts_waiting" ON "charts" USING btree ("source_key") WHERE "charts"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "charts_output" ON "charts" USING btree ("output_key");