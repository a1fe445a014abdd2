import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, numeric, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { written } from './columns.ts'

export const MATERIALS = ['paper', 'plastic', 'glass', 'metal', 'wood', 'other'] as const

export const packaging = pgTable(
  'packaging',
  {
    id: uuid().primaryKey(),
    sku: text().notNull(),
    name: text().notNull(),
    material: text({ enum: MATERIALS }).notNull(),
    kind: text().notNull(),
    length_mm: numeric({ precision: 12, scale: 3 }),
    width_mm: numeric({ precision: 12, scale: 3 }),
    height_mm: numeric({ precision: 12, scale: 3 }),
    weight_g: numeric({ precision: 12, scale: 3 }),
    capacity_ml: numeric({ precision: 12, scale: 3 }),
    unit_cost: numeric({ precision: 14, scale: 4 }).notNull(),
    currency: text().notNull(),
    supplier: text(),
    stock: integer().notNull().default(0),
    reorder_level: integer().notNull().default(0),
    recyclable: boolean().notNull().default(false),
    tags: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Grows by one with every change; the ETag. */
    version: integer().notNull().default(1),
    created_at: written(),
    updated_at: written(),
  },
  (t) => [
    uniqueIndex('packaging_sku').on(t.sku),
    index('packaging_material').on(t.material, t.id),
    index('packaging_name').on(t.name, t.id),
    check('packaging_material_known', sql`${t.material} in ('paper', 'plastic', 'glass', 'metal', 'wood', 'other')`),
    check('packaging_not_negative', sql`${t.unit_cost} >= 0 and ${t.stock} >= 0 and ${t.reorder_level} >= 0`),
  ],
)
