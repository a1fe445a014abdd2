/** The jobs that run after others, drawn from left to right with the state of their last runs. */
import { Link } from 'wouter'
import type { Job } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { Icon } from '../icon.tsx'
import { RUN_LOOK } from '../state-badges/index.tsx'
import { STATES } from '../state-badges/texts.ts'
import { placed } from './layout.ts'
import { TEXTS } from './texts.ts'

const NODE = { width: 210, height: 48 }
const STEP = { x: 280, y: 66 }

/** Nothing where no job runs after another. `only`: the jobs that hang together with this one. */
export function JobGraph({ jobs, only }: { jobs: readonly Job[]; only?: string }) {
  const say = useSay()
  const nodes = placed(jobs, only)
  if (nodes.length === 0) return null
  const place = new Map(nodes.map(({ job, column, row }) => [job.name, { x: column * STEP.x, y: row * STEP.y }]))
  const width = Math.max(...nodes.map(({ column }) => column)) * STEP.x + NODE.width
  const height = Math.max(...nodes.map(({ row }) => row)) * STEP.y + NODE.height
  return (
    <div className="graph" role="group" aria-label={say(TEXTS.graph)} tabIndex={0}>
      <div className="graph-field" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          {nodes.flatMap(({ job }) =>
            (job.after ?? []).flatMap((before) => {
              const [from, to] = [place.get(before), place.get(job.name)!]
              if (!from) return []
              const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2]
              const [x2, y2] = [to.x, to.y + NODE.height / 2]
              const bend = (x2 - x1) / 2
              return [
                <path
                  key={`${before} ${job.name}`}
                  className="graph-edge"
                  d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}m-7 -4 7 4-7 4`}
                />,
              ]
            }),
          )}
        </svg>
        {nodes.map(({ job: { name, after, last_run } }) => {
          const [tone, icon] = last_run ? RUN_LOOK[last_run.state] : (['calm', 'minus'] as const)
          const state = last_run ? say(STATES[last_run.state]) : say(TEXTS.never)
          const order = after ? say(TEXTS.after, { before: after.join(', ') }) : say(TEXTS.root)
          const { x, y } = place.get(name)!
          return (
            <Link
              key={name}
              href={`/jobs/${name}`}
              className={name === only ? 'graph-node here' : 'graph-node'}
              style={{ left: x, top: y, width: NODE.width, height: NODE.height }}
              title={`${name}, ${order}`}
            >
              <span className={`graph-state ${tone}`}>
                <Icon name={icon} size={14} />
              </span>
              <span className="graph-text">
                <span className="graph-name">{name}</span>
                <span className="small muted">{state}</span>
                <span className="hidden-text">, {order}</span>
              </span>
            </Link>
          )
        })}
      </div>
    </div>
  )
}
