import { sql, type SQL } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, numeric, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { writtenNow } from '../engines/postgres/columns.ts'

export const MATERIALS = ['paper', 'plastic', 'glass', 'metal', 'wood', 'other'] as const

/** Numerics have no fixed scale: what is written as 12.50 is read as 12.50. */
export const packaging = pgTable(
  'packaging',
  {
    id: uuid().primaryKey(),
    sku: text().notNull(),
    name: text().notNull(),
    material: text({ enum: MATERIALS }).notNull(),
    kind: text().notNull(),
    length_mm: numeric(),
    width_mm: numeric(),
    height_mm: numeric(),
    weight_g: numeric(),
    capacity_ml: numeric(),
    unit_cost: numeric().notNull(),
    currency: text().notNull(),
    supplier: text(),
    stock: integer().notNull().default(0),
    reorder_level: integer().notNull().default(0),
    recyclable: boolean().notNull().default(false),
    tags: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** The text that `q` is searched in, without case and accents. See 0000_functions.sql. */
    search: text()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`packaging_search(sku, name, supplier, tags)`),
    /** Grows by one with every change; the ETag. */
    version: integer().notNull().default(1),
    created_at: writtenNow(),
    /** By the clock, since changes.ts relies on it. */
    updated_at: writtenNow(),
  },
  (t) => [
    uniqueIndex('packaging_sku').on(t.sku),
    index('packaging_material').on(t.material, t.id),
    index('packaging_name').on(sql`fold_text(${t.name})`, t.id),
    index('packaging_updated').on(t.updated_at, t.id),
    check('packaging_material_known', sql`${t.material} in ('paper', 'plastic', 'glass', 'metal', 'wood', 'other')`),
    check('packaging_not_negative', sql`${t.unit_cost} >= 0 and ${t.stock} >= 0 and ${t.reorder_level} >= 0`),
  ],
)

/**
 * How often the catalogue was written, counted by a trigger in the writing transaction. Many rows, one per slot of
 * backends, so that writers do not wait for each other; their sum is the epoch that cached lists belong to.
 */
export const packaging_epochs = pgTable('packaging_epochs', {
  slot: integer().primaryKey(),
  writes: bigint({ mode: 'number' }).notNull().default(0),
})
