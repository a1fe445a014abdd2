import type { ISql, Sql } from 'postgres'

/** Does `work` in the transaction that `sql` is, or in one of its own. */
export function inTransaction<T>(sql: ISql, work: (tx: ISql) => Promise<T>): Promise<T> {
  return 'savepoint' in sql ? work(sql) : ((sql as Sql).begin(work) as Promise<T>)
}
