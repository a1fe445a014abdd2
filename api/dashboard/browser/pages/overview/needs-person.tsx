import { Link } from 'wouter'
import { useSay } from '../../languages.ts'
import { Icon } from '../../parts/icon.tsx'
import { Silenced, useNeeds, type Need } from '../../parts/needs/index.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

const SHOWN = 8

export function NeedsPerson() {
  const say = useSay()
  const { alerts, needs, silenced } = useNeeds()
  return (
    <Panel
      title={say(TEXTS.needs)}
      aside={
        <span className="row">
          {silenced && silenced.items.length > 0 && <Silenced page={silenced} />}
          <Link href="/alerts">{say(TEXTS.all_alerts)}</Link>
        </span>
      }
      flush
    >
      <Loaded query={alerts}>
        {() =>
          needs.length === 0 ? (
            <p className="all-well">
              <Icon name="check" size={22} />
              <strong>{say(TEXTS.nothing)}</strong>
              <span className="muted">{say(TEXTS.nothing_why)}</span>
            </p>
          ) : (
            <>
              <ul className="needs">
                {needs.slice(0, SHOWN).map((need) => (
                  <Line key={need.key} need={need} />
                ))}
              </ul>
              {needs.length > SHOWN && (
                <p className="more">
                  <Link href="/alerts">{say(TEXTS.and_more, { count: needs.length - SHOWN })}</Link>
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}

function Line({ need: { href, badge, title, rule, detail, since } }: { need: Need }) {
  return (
    <li className="need">
      {badge}
      <div className="need-text">
        <Link href={href}>{title}</Link>
        {rule && <code className="muted small">{rule}</code>}
        <p className="clamp">
          <Said text={detail} />
        </p>
      </div>
      {since && (
        <span className="muted small">
          <Time at={since} />
        </span>
      )}
    </li>
  )
}
