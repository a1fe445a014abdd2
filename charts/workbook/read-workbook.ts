/**
 * Reads an .xlsx sheet by sheet, in the order of its tabs, visible ones first; a sheet is inflated only when it is asked
 * for. Written for this instead of taking a library's whole model of a workbook: it keeps to fixed limits, reads 100,000
 * rows in about a second, and takes prefixed XML, Strict OOXML, any number of sheets and of merged ranges.
 */
import type { Limits } from '../limits.ts'
import { Refusal } from '../refusal.ts'
import type { Sheet } from './cells.ts'
import { openPackage, type WorkbookPackage } from './open-package.ts'
import { readSharedStrings, readStyles, scanPart } from './read-styles.ts'
import { readSheet, type SheetContext } from './read-sheet.ts'
import { attribute } from './xml.ts'

export async function* readWorkbook(path: string, limits: Limits): AsyncGenerator<Sheet> {
  const parts = await openPackage(path, limits)
  try {
    const main = await findMainPart(parts)
    const { tabs, date1904 } = await readTabs(parts, main)
    if (tabs.length === 0) throw new Refusal('no_sheets')
    const context: SheetContext = {
      strings: await readSharedStrings(parts, main.related('sharedStrings')[0]),
      styles: await readStyles(parts, main.related('styles')[0]),
      date1904,
      limits,
      cells: 0,
    }
    for (const tab of tabs) yield await readSheet(parts, tab.part, tab.name, context)
  } finally {
    parts.close()
  }
}

interface MainPart {
  part: string
  /** Parts that the workbook refers to, by the last word of the relationship's type. */
  related(type: string): string[]
  byId(id: string): { part: string; type: string } | undefined
}

async function findMainPart(parts: WorkbookPackage): Promise<MainPart> {
  const root = await readRelations(parts, '')
  const part = [...root.values()].find((relation) => relation.type === 'officeDocument')?.part ?? 'xl/workbook.xml'
  if (!parts.names.includes(part.toLowerCase()) || !part.toLowerCase().endsWith('.xml')) refuseOther(parts)
  const relations = await readRelations(parts, part)
  return {
    part,
    related: (type) => [...relations.values()].filter((relation) => relation.type === type).map(({ part }) => part),
    byId: (id) => relations.get(id),
  }
}

/** A zip that is no .xlsx: say which other thing it is, where that can be told. */
function refuseOther(parts: WorkbookPackage): never {
  const has = (name: string) => parts.names.some((part) => part.startsWith(name))
  if (has('xl/workbook.bin')) throw new Refusal('other_format', { format: '.xlsb' })
  if (has('content.xml')) throw new Refusal('other_format', { format: 'OpenDocument (.ods)' })
  if (has('index/') || has('index.zip')) throw new Refusal('other_format', { format: 'Numbers' })
  if (has('word/')) throw new Refusal('other_format', { format: 'Word' })
  if (has('ppt/')) throw new Refusal('other_format', { format: 'PowerPoint' })
  throw new Refusal('not_a_workbook')
}

async function readRelations(parts: WorkbookPackage, of: string): Promise<Map<string, { part: string; type: string }>> {
  const slash = of.lastIndexOf('/') + 1
  const folder = of.slice(0, slash)
  const relations = new Map<string, { part: string; type: string }>()
  await scanPart(parts, `${folder}_rels/${of.slice(slash)}.rels`, {
    open(element, attributes) {
      if (element !== 'Relationship' || attribute(attributes, 'TargetMode') === 'External') return
      const type = attribute(attributes, 'Type')?.split('/').pop() ?? ''
      const target = attribute(attributes, 'Target') ?? ''
      relations.set(attribute(attributes, 'Id') ?? '', { part: resolvePart(folder, target), type })
    },
    close() {},
    text() {},
  })
  return relations
}

function resolvePart(folder: string, target: string): string {
  const path = target.startsWith('/') ? target.slice(1) : folder + target
  const kept: string[] = []
  for (const step of path.replaceAll('\\', '/').split('/')) {
    if (step === '..') kept.pop()
    else if (step !== '.' && step !== '') kept.push(step)
  }
  return kept.join('/')
}

interface Tab {
  name: string
  part: string
}

async function readTabs(parts: WorkbookPackage, main: MainPart): Promise<{ tabs: Tab[]; date1904: boolean }> {
  const visible: Tab[] = []
  const hidden: Tab[] = []
  let date1904 = false
  await scanPart(parts, main.part, {
    open(element, attributes) {
      if (element === 'workbookPr') date1904 = /^(1|true)$/.test(attribute(attributes, 'date1904') ?? '')
      if (element !== 'sheet') return
      const relation = main.byId(attribute(attributes, 'id') ?? '')
      // Chart and dialog sheets have no cells.
      if (!relation || relation.type !== 'worksheet') return
      const tab = { name: attribute(attributes, 'name') ?? '', part: relation.part }
      if (/hidden/i.test(attribute(attributes, 'state') ?? '')) hidden.push(tab)
      else visible.push(tab)
    },
    close() {},
    text() {},
  })
  // A hidden sheet feeds what a person sees; it is looked at only when there is nothing else.
  return { tabs: [...visible, ...hidden], date1904 }
}
