CREATE TABLE "queue_delays" (
	"queue" text NOT NULL,
	"retry_delay_ms" bigint NOT NULL,
	"left_at" timestamp with time zone,
	CONSTRAINT "queue_delays_queue_retry_delay_ms_pk" PRIMARY KEY("queue","retry_delay_ms")
);
