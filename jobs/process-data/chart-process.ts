/**
 * The process that draws: an order on stdin, a PNG on stdout.
 *
 * charts/render is another program's folder; it holds no state and starts nothing, and the fonts and the look are to
 * be one for every picture. This file and types are all that jobs/ takes from there.
 */
import { render } from '../../charts/render/render.ts'
import type { DrawOrder } from './draw-chart.ts'

const { plan, locale } = (await Bun.stdin.json()) as DrawOrder
const { png } = await render(plan, locale)
await Bun.write(Bun.stdout, png)
