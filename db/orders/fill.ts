/** Makes rows of an order system: packaging as a shop orders it, with plausible prices. */
import type { OrdersDatabase } from './databases.ts'

export const MAX_FILL = 100_000

/** Name, sizes, and the price of the smallest; each further size costs half as much again. */
const PRODUCTS: Array<[name: string, price: number, sizes: string[]]> = [
  ['Caixa de papelão', 0.82, ['160x110x60', '230x160x100', '300x200x150', '400x300x200', '600x400x400']],
  ['Caixa de papelão onda dupla', 2.4, ['300x200x200', '400x300x300', '600x400x400']],
  ['Envelope kraft com bolha', 0.49, ['150x210', '200x280', '260x360']],
  ['Garrafa PET', 0.31, ['250 ml', '500 ml', '1 l', '2 l']],
  ['Pote de vidro', 1.12, ['120 ml', '250 ml', '500 ml', '750 ml']],
  ['Lata de alumínio', 0.48, ['269 ml', '350 ml', '473 ml']],
  ['Balde plástico com tampa', 5.9, ['3,6 l', '10 l', '20 l']],
  ['Bombona', 14.5, ['5 l', '20 l', '50 l']],
  ['Saco de ráfia', 1.05, ['25 kg', '50 kg', '60 kg']],
  ['Filme stretch', 22.9, ['500 mm x 25 µm', '500 mm x 30 µm']],
  ['Fita adesiva', 3.2, ['45 mm x 45 m', '48 mm x 100 m']],
  ['Palete de pinus', 38, ['1000x1200', '1200x1200']],
  ['Tambor metálico', 96, ['100 l', '200 l']],
  ['Frasco conta-gotas âmbar', 1.35, ['10 ml', '30 ml', '100 ml']],
  ['Bandeja de isopor', 0.17, ['B1', 'B3', 'B5']],
]
const VARIANTS = PRODUCTS.flatMap(([name, price, sizes]) =>
  sizes.map((size, i) => ({ product: `${name} ${size}`, price: price * 1.5 ** i })),
)

export interface Filled {
  count: number
  /** Ids of the first and the last row. */
  from: number
  to: number
}

/** Adds `count` rows; about `false_share` of them have security_check FALSE. */
export function fillOrders(system: OrdersDatabase, count: number, false_share: number): Promise<Filled> {
  const products = VARIANTS.map(({ product }) => product)
  const prices = VARIANTS.map(({ price }) => price)
  return system.use(async (sql, schema) => {
    const [row] = await sql<[Filled]>`
      with filled as (
        insert into ${sql(schema)}.orders (product, price, security_check)
        select (${products}::text[])[n], round(((${prices}::float8[])[n] * (0.9 + random() * 0.2))::numeric, 2), checked
        from (
          select 1 + floor(random() * ${products.length})::int as n, random() >= ${false_share}::float8 as checked
          from generate_series(1, ${count}::int)
        ) chosen
        returning id
      )
      select count(*)::int as count, min(id) as "from", max(id) as "to" from filled`
    return row
  })
}
