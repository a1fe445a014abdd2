-- The cache may be lost at any moment, so it need not be written ahead. drizzle-kit knows no unlogged tables.
ALTER TABLE "cache_entries" SET UNLOGGED;
