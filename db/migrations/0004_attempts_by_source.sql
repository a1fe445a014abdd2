-- rows: login_attempts
-- Where an account has signed in stays known; the failures counted so far are forgotten, as other rules count from now on.
DELETE FROM "login_attempts" WHERE "address" = '' OR "succeeded_at" IS NULL OR "succeeded_at" < now() - interval '90 days';--> statement-breakpoint
DROP INDEX "login_attempts_age";--> statement-breakpoint
ALTER TABLE "login_attempts" DROP CONSTRAINT "login_attempts_account_address_pk";--> statement-breakpoint
ALTER TABLE "login_attempts" RENAME COLUMN "address" TO "source";--> statement-breakpoint
ALTER TABLE "login_attempts" RENAME COLUMN "attempted_at" TO "next_at";--> statement-breakpoint
ALTER TABLE "login_attempts" RENAME COLUMN "succeeded_at" TO "known_until";--> statement-breakpoint
ALTER TABLE "login_attempts" ADD COLUMN "forgotten_at" timestamp with time zone;--> statement-breakpoint
UPDATE "login_attempts" SET "source" = 'address ' || "source", "failures" = 0, "next_at" = now(),
  "known_until" = "known_until" + interval '90 days', "forgotten_at" = "known_until" + interval '90 days';--> statement-breakpoint
ALTER TABLE "login_attempts" ALTER COLUMN "forgotten_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "login_attempts" ADD CONSTRAINT "login_attempts_account_source_pk" PRIMARY KEY("account","source");--> statement-breakpoint
CREATE INDEX "login_attempts_age" ON "login_attempts" USING btree ("forgotten_at");
