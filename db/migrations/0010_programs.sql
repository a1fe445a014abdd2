CREATE TABLE "programs" (
	"instance" uuid PRIMARY KEY NOT NULL,
	"program" text NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
