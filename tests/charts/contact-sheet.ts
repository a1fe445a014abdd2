/**
 * `bun tests/charts/contact-sheet.ts [KIND…|fixtures|hard]`: draws every fixture, every case and every chart that is hard to read, and
 * lays the pictures out by kind for whoever reviews them, in tests/charts/pictures. A case that is refused shows the sentence.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import { draw } from '../../charts/draw.ts'
import { Refusal } from '../../charts/refusal.ts'
import { refusalSentence } from '../../charts/texts.ts'
import { render } from '../../lib/chart/render.ts'
import { FIXTURES, requestFor } from '../kit/make-workbook.ts'
import { buildWorkbook } from './cases/build.ts'
import { KINDS } from './cases/case.ts'
import { CASES } from './cases/index.ts'
import { HARD_PLANS } from '../lib/chart/hard-plans.ts'

const FOLDER = join(import.meta.dir, 'pictures')
const [COLUMNS, ROWS] = [2, 3]
const [WIDTH, HEIGHT] = [860, 560]

interface Picture {
  name: string
  png?: Uint8Array
  sentence?: string
}

async function pictureOf(path: string, name: string, locale: 'pt-BR' | 'en' = 'pt-BR'): Promise<Picture> {
  try {
    return { name, png: (await draw(requestFor(path, {}, locale))).png }
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    return { name, sentence: refusalSentence(thrown.code, thrown.facts, locale) }
  }
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

function cell({ name, png, sentence }: Picture, at: number): string {
  const [x, y] = [(at % COLUMNS) * WIDTH, Math.floor(at / COLUMNS) * HEIGHT]
  const picture = png
    ? `<image x="${x + 8}" y="${y + 28}" width="${WIDTH - 16}" height="${HEIGHT - 36}" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`
    : (sentence ?? '')
        .match(/.{1,95}(\s|$)/g)!
        .map(
          (line, row) =>
            `<text x="${x + 12}" y="${y + 80 + row * 24}" font-size="16" fill="#a00">${escaped(line)}</text>`,
        )
        .join('')
  return `<text x="${x + 12}" y="${y + 20}" font-size="16" fill="#555">${escaped(name)}</text>${picture}`
}

async function writeSheets(name: string, pictures: Picture[]): Promise<void> {
  const fonts = join(import.meta.dir, '../../lib/chart/fonts')
  for (let from = 0; from < pictures.length; from += COLUMNS * ROWS) {
    const some = pictures.slice(from, from + COLUMNS * ROWS)
    const [width, height] = [COLUMNS * WIDTH, Math.ceil(some.length / COLUMNS) * HEIGHT]
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Inter"><rect width="100%" height="100%" fill="#eee"/>${some.map(cell).join('')}</svg>`
    const image = new Resvg(svg, { font: { fontDirs: [fonts], loadSystemFonts: false, defaultFontFamily: 'Inter' } })
    await Bun.write(join(FOLDER, `${name}-${from / (COLUMNS * ROWS) + 1}.png`), image.render().asPng())
  }
}

const wanted = process.argv.slice(2)
await rm(FOLDER, { recursive: true, force: true })
await mkdir(FOLDER, { recursive: true })
if (wanted.length === 0 || wanted.includes('fixtures')) {
  const files = (await readdir(FIXTURES)).filter((file) => file.endsWith('.xlsx')).toSorted()
  const pictures: Picture[] = []
  for (const file of files) pictures.push(await pictureOf(join(FIXTURES, file), file))
  await writeSheets('fixtures', pictures)
}
if (wanted.length === 0 || wanted.includes('hard')) {
  const pictures: Picture[] = []
  for (const [name, plan] of Object.entries(HARD_PLANS)) pictures.push({ name, png: (await render(plan, 'pt-BR')).png })
  await writeSheets('hard', pictures)
}
for (const [kind, title] of Object.entries(KINDS)) {
  if (wanted.length > 0 && !wanted.includes(kind)) continue
  const pictures: Picture[] = []
  for (const one of CASES.filter((of) => of.kind === Number(kind)))
    pictures.push(await pictureOf(await buildWorkbook(one), `${kind}, ${title}: ${one.name}`, one.locale))
  await writeSheets(`kind-${kind.padStart(2, '0')}`, pictures)
}
console.log(`The pictures are in ${FOLDER}.`)
