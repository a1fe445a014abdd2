/** The order in which nodes can be made: what one depends on comes first; else by rank and name. */
import type { ISql } from 'postgres'
import { FIRST_AFTER_ROWS, type Node } from './node.ts'

/** `carried` in order, with whether they come after the rows; `left` are those that cannot be made, or depend on one such. */
export async function inOrder(
  sql: ISql,
  nodes: Node[],
): Promise<{ carried: { node: Node; after_rows: boolean }[]; left: Node[] }> {
  const needs = await readNeeds(sql, nodes)
  const needed_by = new Map(nodes.map(({ key }) => [key, [] as Node[]]))
  const open = new Map(nodes.map((node) => [node, needs.get(node)!.size]))
  for (const [node, keys] of needs) for (const key of keys) needed_by.get(key)!.push(node)
  const ready: Node[][] = []
  const add = (node: Node) => (ready[node.rank] ??= []).push(node)
  for (const [node, count] of open) if (count === 0) add(node)

  const carried: { node: Node; after_rows: boolean }[] = []
  const left = new Set<Node>()
  let after_rows = false
  for (let next = takeFirst(ready); next; next = takeFirst(ready)) {
    const node = next
    after_rows ||= node.rank >= FIRST_AFTER_ROWS
    if (node.statements.length === 0 || (node.columns && after_rows)) left.add(node)
    if (!left.has(node)) carried.push({ node, after_rows })
    for (const other of needed_by.get(node.key)!) {
      if (left.has(node)) left.add(other)
      open.set(other, open.get(other)! - 1)
      if (open.get(other) === 0) add(other)
    }
  }
  // Those that depend on each other in a circle were never ready.
  for (const [node, count] of open) if (count > 0) left.add(node)
  return { carried, left: [...left] }
}

function takeFirst(ready: Node[][]): Node | undefined {
  for (const nodes of ready) if (nodes && nodes.length > 0) return nodes.shift()
  return undefined
}

/** The keys of the nodes that each node depends on. */
async function readNeeds(sql: ISql, nodes: Node[]): Promise<Map<Node, Set<string>>> {
  const rows = await sql<{ key: string; needs: string; owner: boolean }[]>`
    select classid || '/' || objid as key, refclassid || '/' || refobjid as needs, deptype in ('i', 'e', 'a') as owner
    from pg_depend where objid >= 16384 and refobjid >= 16384
      -- What partitions get from the table that they are parts of.
      and not exists (select from pg_constraint o where classid = o.tableoid and objid = o.oid and contype = 'f' and conparentid <> 0)
      and not exists (select from pg_trigger o where classid = o.tableoid and objid = o.oid and (tgisinternal or tgparentid <> 0))
    order by position(deptype::text in 'ieaPSnx')`
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  // What is no node of its own comes with one: a table's row type, an index with its constraint.
  const owners = new Map<string, string>()
  for (const { key, needs, owner } of rows) if (owner && !owners.has(key)) owners.set(key, needs)
  const nodeOf = (key: string): Node | undefined => {
    const seen = new Set<string>()
    for (let at: string | undefined = key; at !== undefined && !seen.has(at); at = owners.get(at)) {
      const node = byKey.get(at)
      if (node) return node
      seen.add(at)
    }
    return undefined
  }
  const found = new Map(nodes.map((node) => [node, new Set<string>()]))
  const add = (node: Node | undefined, needed: Node | undefined) => {
    if (node && needed && node !== needed) found.get(node)!.add(needed.key)
  }
  for (const { key, needs } of rows) add(nodeOf(key), nodeOf(needs))
  for (const node of nodes) for (const key of node.after ?? []) add(node, nodeOf(key))
  return found
}
