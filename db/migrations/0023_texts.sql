ALTER TABLE "run_attempts" ADD COLUMN "error_pt" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "cancel_reason_pt" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "error_pt" text;--> statement-breakpoint
ALTER TABLE "alert_notifications" ADD COLUMN "last_error_pt" text;