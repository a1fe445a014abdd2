/**
 * Where the messages of orders are, drawn from the systems through the queue to how they ended. CSS lays the boxes out, side by side
 * or below each other, and the lines are drawn between where they are; a line whose end grows moves.
 */
import { useLayoutEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { listPath, type Flow, type OrderStatus } from '../../data/orders.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Icon } from '../icon.tsx'
import { ORDER_LOOK } from '../order-status/index.tsx'
import { ORDER_STATUS } from '../order-status/texts.ts'
import { linesBetween, type Box, type Line } from './lines.ts'
import { TEXTS, WHERE } from './texts.ts'
import { useRates, type Rates } from './use-rates.ts'

type Stock = Exclude<OrderStatus, 'pending'>

const QUEUE: readonly Stock[] = ['waiting', 'retrying']
const ENDS: readonly Stock[] = ['output', 'dead', 'purged']

/** `at_ms`: when the flow was read. */
export function OrderFlow({ flow, at_ms }: { flow: Flow; at_ms: number }) {
  const say = useSay()
  const field = useRef<HTMLDivElement>(null)
  const rates = useRates(flow, at_ms)
  const systems = Object.keys(flow.by_system)
  const { lines, width, height } = useLines(field, systems)
  const isLive = ({ to }: Line) =>
    to === 'waiting' || to === 'retrying' ? flow.balance === 'moving' && flow[to] > 0 : (rates[to as Stock] ?? 0) > 0
  return (
    <div className="flow-box">
      <div className="flow" ref={field} role="group" aria-label={say(TEXTS.drawing)}>
        <svg width={width} height={height} aria-hidden="true">
          {lines.map((line) => (
            <g key={`${line.from} ${line.to}`} className={isLive(line) ? `flow-line live ${line.to}` : 'flow-line'}>
              <path d={line.path} />
              <path d={line.head} />
            </g>
          ))}
        </svg>
        <ul className="flow-systems" aria-label={say(TEXTS.systems)}>
          {systems.map((system) => (
            <System key={system} system={system} flow={flow} />
          ))}
        </ul>
        <ul className="flow-queue" aria-label={say(TEXTS.queue)}>
          {QUEUE.map((status) => (
            <Node key={status} status={status} count={flow[status]} rates={rates} />
          ))}
        </ul>
        <ul className="flow-ends" aria-label={say(TEXTS.ends)}>
          {ENDS.map((status) => (
            <Node key={status} status={status} count={flow[status]} rates={rates} />
          ))}
        </ul>
      </div>
    </div>
  )
}

function System({ system, flow }: { system: string; flow: Flow }) {
  const say = useSay()
  const locale = useLocale()
  const { pending, sent } = flow.by_system[system]!
  return (
    <li className="flow-node system" data-node={`system ${system}`}>
      <Link className="flow-name" href={listPath(undefined, system)}>
        {say(TEXTS.system, { system })}
      </Link>
      <span className="flow-pair">
        <Link href={listPath('pending', system)}>
          <strong>{numberIn(pending, locale)}</strong> {say(TEXTS.pending)}
        </Link>
        <Link href={listPath(undefined, system)}>
          <strong>{numberIn(sent, locale)}</strong> {say(TEXTS.sent)}
        </Link>
      </span>
    </li>
  )
}

function Node({ status, count, rates }: { status: Stock; count: number; rates: Rates }) {
  const say = useSay()
  const locale = useLocale()
  const [tone, icon] = ORDER_LOOK[status]
  const rate = Math.round(rates[status] ?? 0)
  return (
    <li className={`flow-node ${count > 0 ? tone : 'none'}`} data-node={status}>
      <Link className="flow-stock" href={listPath(status)}>
        <span className="flow-name">
          <Icon name={icon} size={16} />
          {say(ORDER_STATUS[status])}
        </span>
        <strong className="flow-number">{numberIn(count, locale)}</strong>
        <span className="flow-where">
          {rate > 0 ? <span className="flow-rate">{say(TEXTS.per_s, { count: rate })}</span> : say(WHERE[status])}
        </span>
      </Link>
    </li>
  )
}

/** Measured anew whenever the field has another size. */
function useLines(field: React.RefObject<HTMLDivElement | null>, systems: readonly string[]) {
  const [drawn, draw] = useState<{ lines: Line[]; width: number; height: number }>({ lines: [], width: 0, height: 0 })
  const names = systems.join(' ')
  useLayoutEffect(() => {
    const element = field.current!
    const measure = (): void => {
      const { left, top, width, height } = element.getBoundingClientRect()
      const boxes = new Map<string, Box>()
      for (const node of element.querySelectorAll<HTMLElement>('[data-node]')) {
        const box = node.getBoundingClientRect()
        boxes.set(node.dataset.node!, { x: box.left - left, y: box.top - top, width: box.width, height: box.height })
      }
      draw({ lines: linesBetween(boxes), width, height })
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [field, names])
  return drawn
}
