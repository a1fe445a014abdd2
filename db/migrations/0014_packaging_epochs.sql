CREATE TABLE "packaging_epochs" (
	"slot" integer PRIMARY KEY NOT NULL,
	"writes" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
INSERT INTO "packaging_epochs" ("slot") SELECT generate_series(0, 15);--> statement-breakpoint
CREATE FUNCTION count_packaging_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE packaging_epochs SET writes = writes + 1 WHERE slot = pg_backend_pid() % 16;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER packaging_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "packaging"
FOR EACH STATEMENT EXECUTE FUNCTION count_packaging_write();
