/** Turns a plan into an SVG and a PNG. Only the bundled fonts are used, so the picture is the same on every machine. */
import { Resvg } from '@resvg/resvg-js'
import * as vega from 'vega'
import type { Plan } from './plan.ts'
import type { Locale } from '../texts.ts'
import { withPrintableTexts } from './printable.ts'
import { barsSpec } from './bars.ts'
import { textWidth } from './font-metrics.ts'
import { fontFilesOf } from './fonts.ts'
import { setApart } from './text-runs.ts'
import { encodePng } from './png.ts'
import { panelsSpec } from './panels.ts'
import { linesSpec } from './lines.ts'
import { PNG_SCALE } from './theme.ts'

/** Vega's hook for measuring without a canvas; its types leave it out. */
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { fontSize?: number; fontWeight?: number | string }, text: unknown) => number }
}

export interface Picture {
  svg: string
  png: Uint8Array
}

export async function render(plan: Plan, locale: Locale): Promise<Picture> {
  const svg = await renderSvg(plan, locale)
  return { svg, png: renderPng(svg) }
}

export async function renderSvg(plan: Plan, locale: Locale): Promise<string> {
  // Texts are cut before Vega sees them, so a width here is that of the whole text.
  textMetrics.width = (item, text) =>
    textWidth(String(text ?? ''), item.fontSize ?? 11, Number(item.fontWeight ?? 400) >= 600)
  const drawn = withPrintableTexts(plan)
  const spec = specOf(drawn, locale)
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.Error })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

function specOf(plan: Plan, locale: Locale) {
  if (plan.shape === 'bars') return barsSpec(plan, locale)
  return plan.panels ? panelsSpec(plan, locale) : linesSpec(plan, locale)
}

export function renderPng(svg: string): Uint8Array {
  const resvg = new Resvg(setApart(svg), {
    fitTo: { mode: 'zoom', value: PNG_SCALE },
    background: 'white',
    font: { loadSystemFonts: false, fontFiles: fontFilesOf(svg), defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
  })
  const image = resvg.render()
  const png = encodePng(image.pixels, image.width, image.height) ?? image.asPng()
  return new Uint8Array(png.buffer, png.byteOffset, png.byteLength)
}
