-- What was written before stays in the language in which it was written.
ALTER TABLE "charts" ALTER COLUMN "error" SET DATA TYPE jsonb
  USING CASE WHEN "error" IS NOT NULL THEN jsonb_build_object('en', "error", 'pt', "error") END;
