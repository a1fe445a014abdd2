/** The catalogue, and an item that several people have changed. */
import { catalogueCsv, SKU_PREFIX, type DemoItem } from './catalogue.ts'
import type { ApiClient } from './client.ts'
import type { Scene } from './scene.ts'

interface Item {
  id: string
  sku: string
  version: number
}

const COUNT = `/embalagens/count?q=${SKU_PREFIX}`
const LIST = `/embalagens?q=${SKU_PREFIX}`

/** Whether there are items that the demo did not make. */
export async function hasOtherItems(api: ApiClient): Promise<boolean> {
  const [all, ours] = await Promise.all([api.json('GET', '/embalagens/count'), api.json('GET', COUNT)])
  return Number(all.items) > Number(ours.items)
}

export async function fillCatalogue({ api, tell }: Scene, items: DemoItem[]): Promise<void> {
  const { items: there } = await api.json('GET', COUNT)
  const what = { en: 'packaging', pt: 'embalagens' }
  if (Number(there) >= items.length) return tell(what, { en: 'there already', pt: 'já estavam lá' })
  const { created } = await api.send('POST', '/embalagens/import', catalogueCsv(items), 'text/csv')
  tell(what, { en: `${String(created)} items new`, pt: `${String(created)} itens novos` })
}

/** Edits of two people, one of whom deletes the item and brings it back. */
export async function editItem({ api, url, tell }: Scene, operator: ApiClient, sku: string): Promise<void> {
  const what = { en: 'an item with a history', pt: 'um item com histórico' }
  const found = ((await api.json('GET', `/embalagens?sku=${sku}`)).items as Item[])[0]!
  const at = `/embalagens/${found.id}`
  const change = async (who: ApiClient, body: Record<string, unknown>) => {
    const { version } = await api.json('GET', at)
    await who.json('PATCH', at, body, { 'if-match': `"${String(version)}"` })
  }
  if (found.version === 1) {
    await change(operator, { stock: 940 })
    await change(api, { unit_cost: '0.8790', supplier: 'Papelão Serra Azul Ltda.' })
    await change(operator, { stock: 315, tags: ['linha padrão', 'conferir na segunda'] })
    const { version } = await api.json('GET', at)
    await operator.json('DELETE', at, undefined, { 'if-match': `"${String(version)}"` })
    await api.json('POST', `${at}/restore`, {})
    await change(operator, { reorder_level: 400 })
  }
  tell(what, { en: `${url}${at}`, pt: `${url}${at}` })
}

export async function deleteItems({ api }: Scene): Promise<number> {
  const items = (await api.all<Item>(LIST)).filter(({ sku }) => sku.startsWith(SKU_PREFIX))
  for (const { id, version } of items)
    await api.json('DELETE', `/embalagens/${id}`, undefined, { 'if-match': `"${version}"` })
  return items.length
}
