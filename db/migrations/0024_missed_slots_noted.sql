CREATE TABLE "missed_slots" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	"slot_until" timestamp with time zone,
	"count" integer NOT NULL
);
