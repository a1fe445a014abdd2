import { encode } from 'uqr'

/** Pixels per module; 6 make about 320 pixels, which a phone reads from a screen. */
const SCALE = 6
/** ISO/IEC 18004 asks for four modules of white around. */
const QUIET_ZONE = 4

/** A QR code of `text` as a data URL with a PNG. */
export async function qrCode(text: string): Promise<string> {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size * SCALE}" height="${size * SCALE}">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path shape-rendering="crispEdges" d="${squares.join('')}"/></svg>`
  // Loaded when the first person enrols: most processes never draw.
  const { Resvg } = await import('@resvg/resvg-js')
  const png = new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng()
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`
}
