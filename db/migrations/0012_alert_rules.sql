CREATE TABLE "alert_rules" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"changes" jsonb NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alert_rules_one" CHECK ("alert_rules"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "alert_notifications" DROP CONSTRAINT "alert_notifications_kind";--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "caused_by" uuid;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "flapping_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "steady_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "turned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alert_notifications" ADD CONSTRAINT "alert_notifications_kind" CHECK ("alert_notifications"."kind" in ('firing', 'reminder', 'resolved', 'flapping'));