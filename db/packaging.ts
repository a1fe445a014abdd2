import type { Sql } from 'postgres'

export async function countPackaging(sql: Sql): Promise<number> {
  const [row] = await sql<{ items: number }[]>`select count(*)::int as items from packaging`
  return row!.items
}
