/** A catalogue of packaging with plausible sizes, prices and stock, a few hundred items; the same at every call. */
import { csvRow } from '../../lib/csv.ts'

/** What every item of the demo begins with. */
export const SKU_PREFIX = 'DEMO-'

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
  tags: string
  length_mm: number | null
  width_mm: number | null
  height_mm: number | null
  capacity_ml: number | null
}

type Family = Pick<DemoItem, 'material' | 'kind' | 'supplier' | 'recyclable'> & {
  code: string
  name: string
  sizes: Array<[size: string, unit_cost: number]>
  /** What each size comes in, and how much more it costs. */
  variants: Array<[name: string, factor: number]>
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
      ['200x150x80', 1.08],
      ['230x160x100', 1.34],
      ['300x200x150', 1.97],
      ['350x250x200', 2.6],
      ['400x300x200', 3.4],
      ['500x300x300', 4.75],
      ['600x400x400', 6.85],
    ],
    variants: [
      ['kraft', 1],
      ['branca', 1.12],
      ['parede dupla', 1.38],
      ['impressa em uma cor', 1.21],
      ['maleta com alça reforçada e visor', 1.64],
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
      ['350 ml', 0.36],
      ['500 ml', 0.42],
      ['1 l', 0.66],
      ['1,5 l', 0.81],
      ['2 l', 0.93],
    ],
    variants: [
      ['cristal', 1],
      ['verde', 1.05],
      ['âmbar', 1.08],
      ['com pulverizador', 2.9],
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
      ['40 ml', 0.74],
      ['120 ml', 1.12],
      ['250 ml', 1.48],
      ['370 ml', 1.79],
      ['500 ml', 2.06],
      ['750 ml', 2.55],
    ],
    variants: [
      ['tampa dourada', 1],
      ['tampa preta', 1.02],
      ['sextavado', 1.17],
      ['fecho hermético', 2.4],
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
      ['220 ml', 0.44],
      ['269 ml', 0.48],
      ['350 ml', 0.55],
      ['473 ml', 0.71],
    ],
    variants: [
      ['lisa', 1],
      ['impressa', 1.22],
      ['slim', 1.09],
    ],
  },
  {
    code: 'SC',
    name: 'Saco stand-up',
    material: 'plastic',
    kind: 'bag',
    supplier: 'Flexíveis Paraná Indústria e Comércio de Embalagens',
    recyclable: false,
    sizes: [
      ['100 g', 0.38],
      ['250 g', 0.52],
      ['500 g', 0.69],
      ['1 kg', 0.94],
    ],
    variants: [
      ['kraft com zíper', 1.3],
      ['metalizado', 1],
      ['transparente', 0.92],
      ['com válvula', 1.75],
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
    variants: [
      ['novo', 1],
      ['reformado', 0.62],
      ['tratado para exportação', 1.31],
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
    variants: [
      ['transparente', 1],
      ['preto', 1.14],
    ],
  },
  {
    code: 'ETQ',
    name: 'Etiqueta térmica',
    material: 'paper',
    kind: 'label',
    supplier: 'Gráfica Horizonte',
    recyclable: false,
    sizes: [
      ['40x25 mm', 0.011],
      ['60x40 mm', 0.018],
      ['100x50 mm', 0.027],
      ['100x150 mm', 0.064],
    ],
    variants: [
      ['branca', 1],
      ['amarela', 1.06],
      ['reforçada para câmara fria', 1.7],
    ],
  },
]

/** How it is bought, and what that saves. */
const PACKS = [
  ['avulso', 1],
  ['fardo com 50', 0.93],
] as const

export function demoCatalogue(): DemoItem[] {
  return FAMILIES.flatMap(({ code, name, sizes, variants, ...family }, f) => {
    const kinds = variants.flatMap(([variant, factor]) =>
      PACKS.map(([pack, share]) => [`${variant}, ${pack}`, factor * share] as const),
    )
    return sizes.flatMap(([size, cost], s) =>
      kinds.map(([kind, factor], v) => {
        const number = s * kinds.length + v + 1
        const reorder_level = [150, 250, 400, 600][(f + s) % 4]!
        return {
          ...family,
          sku: `${SKU_PREFIX}${code}-${String(number).padStart(2, '0')}`,
          name: `${name} ${size}, ${kind}`,
          unit_cost: (cost * factor).toFixed(4),
          currency: 'BRL' as const,
          // One in eleven is low.
          stock:
            (f * 5 + number) % 11 === 0
              ? (number * 17) % 120
              : reorder_level + 1 + (((f + 2) * (number + 3) * 137) % 2400),
          reorder_level,
          tags: v === 0 ? 'linha padrão' : '',
          ...measuresIn(size),
        }
      }),
    )
  })
}

/** `160x110x60`, in millimetres, and `1,5 l`. */
function measuresIn(size: string): Pick<DemoItem, 'length_mm' | 'width_mm' | 'height_mm' | 'capacity_ml'> {
  const [, length, width, height] = /^(\d+)x(\d+)(?:x(\d+))?/.exec(size) ?? []
  const [, capacity, unit] = /^([\d,]+) (ml|l)$/.exec(size) ?? []
  const millimetres = (text: string | undefined) => (text === undefined ? null : Number(text))
  return {
    length_mm: millimetres(length),
    width_mm: millimetres(width),
    height_mm: millimetres(height),
    capacity_ml:
      capacity === undefined ? null : Math.round(Number(capacity.replace(',', '.')) * (unit === 'l' ? 1000 : 1)),
  }
}

export function catalogueCsv(items: DemoItem[]): string {
  const columns = Object.keys(items[0]!) as Array<keyof DemoItem>
  return [columns, ...items.map((item) => columns.map((column) => item[column]))].map((row) => csvRow(row)).join('')
}
