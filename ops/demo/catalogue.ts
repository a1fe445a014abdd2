/** A small catalogue of packaging with plausible sizes, prices and stock; the same at every call. */
import { csvRow } from '../../lib/csv.ts'

export interface DemoItem {
  sku: string
  name: string
  material: 'paper' | 'plastic' | 'glass' | 'metal' | 'wood' | 'other'
  kind: string
  unit_cost: string
  currency: 'BRL'
  stock: number
  reorder_level: number
  supplier: string
  recyclable: boolean
}

type Family = Pick<DemoItem, 'material' | 'kind' | 'supplier' | 'recyclable'> & {
  code: string
  name: string
  sizes: Array<[size: string, unit_cost: number]>
}

const FAMILIES: Family[] = [
  {
    code: 'CX',
    name: 'Caixa de papelão',
    material: 'paper',
    kind: 'box',
    supplier: 'Papelão Serra Azul',
    recyclable: true,
    sizes: [
      ['160x110x60', 0.82],
      ['230x160x100', 1.34],
      ['300x200x150', 1.97],
      ['400x300x200', 3.4],
      ['600x400x400', 6.85],
    ],
  },
  {
    code: 'PET',
    name: 'Garrafa PET',
    material: 'plastic',
    kind: 'bottle',
    supplier: 'Plásticos do Vale',
    recyclable: true,
    sizes: [
      ['250 ml', 0.31],
      ['500 ml', 0.42],
      ['1 l', 0.66],
      ['2 l', 0.93],
    ],
  },
  {
    code: 'VD',
    name: 'Pote de vidro',
    material: 'glass',
    kind: 'jar',
    supplier: 'Vidraria Aurora',
    recyclable: true,
    sizes: [
      ['120 ml', 1.12],
      ['250 ml', 1.48],
      ['500 ml', 2.06],
      ['750 ml', 2.55],
    ],
  },
  {
    code: 'LT',
    name: 'Lata de alumínio',
    material: 'metal',
    kind: 'can',
    supplier: 'Metalúrgica Ipiranga',
    recyclable: true,
    sizes: [
      ['269 ml', 0.48],
      ['350 ml', 0.55],
      ['473 ml', 0.71],
    ],
  },
  {
    code: 'PAL',
    name: 'Palete de pinus',
    material: 'wood',
    kind: 'pallet',
    supplier: 'Madeireira Boa Vista',
    recyclable: true,
    sizes: [
      ['1000x1200', 42.5],
      ['800x1200', 38.9],
    ],
  },
  {
    code: 'FLM',
    name: 'Filme stretch',
    material: 'plastic',
    kind: 'film',
    supplier: 'Plásticos do Vale',
    recyclable: false,
    sizes: [
      ['500 mm x 300 m', 27.4],
      ['500 mm x 600 m', 51.9],
    ],
  },
]

export function demoCatalogue(): DemoItem[] {
  return FAMILIES.flatMap(({ code, name, sizes, ...family }, f) =>
    sizes.map(([size, cost], s) => ({
      ...family,
      sku: `DEMO-${code}-${String(s + 1).padStart(2, '0')}`,
      name: `${name} ${size}`,
      unit_cost: cost.toFixed(2),
      currency: 'BRL' as const,
      // Some are below their reorder level, so that low stock shows.
      stock: ((f + 2) * (s + 3) * 137) % 2400,
      reorder_level: 400,
    })),
  )
}

export function catalogueCsv(items: DemoItem[]): string {
  const columns = Object.keys(items[0]!) as Array<keyof DemoItem>
  return [columns, ...items.map((item) => columns.map((column) => item[column]))].map((row) => csvRow(row)).join('')
}
