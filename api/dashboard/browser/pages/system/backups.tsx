import { Link } from 'wouter'
import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { Bytes } from '../../parts/bytes.tsx'
import { Facts, Panel } from '../../parts/panel.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { newestGood } from './needs.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

type Known = Schemas['System']['backups']
type Backup = Known['items'][number]

export function Backups({ of: backups }: { of: Known }) {
  const say = useSay()
  const good = newestGood(backups)
  const title = say(TEXTS.backups)
  if (backups.items.length === 0)
    return (
      <div id="backups">
        <Panel title={title}>
          <p>
            <strong>{say(TEXTS.no_backup)}</strong>
          </p>
          <p className="muted">
            {say(TEXTS.no_backup_why)} <Link href="/jobs/backup?start=now">{say(TEXTS.start_backup)}</Link>
          </p>
        </Panel>
      </div>
    )
  return (
    <div id="backups">
      <Panel title={title} flush>
        <div className="panel-note">
          <Facts
            of={[
              [say(TEXTS.newest), good ? <Time at={good.started_at} /> : say(TEXTS.none)],
              [
                say(TEXTS.proven),
                backups.last_proven_at === null ? (
                  <Link href="/jobs/backup_drill">{say(TEXTS.never)}</Link>
                ) : (
                  <Time at={backups.last_proven_at} />
                ),
              ],
              [
                say(TEXTS.kept),
                good ? (
                  <>
                    <code className="small">{good.folder}</code>
                    <br />
                    <span className="muted small">
                      {say(good.copied_at === null ? TEXTS.not_copied : TEXTS.copied)}
                    </span>
                  </>
                ) : (
                  '–'
                ),
              ],
            ]}
          />
        </div>
        <Table
          label={title}
          rows={backups.items}
          id={({ id }) => id}
          columns={[
            { title: say(TEXTS.made), cell: (one) => <Made backup={one} /> },
            {
              title: say(TEXTS.size),
              look: 'number',
              can_wait: true,
              cell: ({ size_bytes, encrypted }) => (
                <span title={say(encrypted ? TEXTS.encrypted : TEXTS.open)}>
                  {size_bytes === null ? '–' : <Bytes of={size_bytes} />}
                </span>
              ),
            },
            { title: say(TEXTS.proof), cell: (one) => <Proof backup={one} /> },
          ]}
        />
      </Panel>
    </div>
  )
}

function Made({ backup: { started_at, ok, error, file } }: { backup: Backup }) {
  const say = useSay()
  const [tone, icon, text] =
    ok === null
      ? (['info', 'play', TEXTS.running] as const)
      : ok
        ? (['good', 'check', TEXTS.good] as const)
        : (['bad', 'cross', TEXTS.failed] as const)
  return (
    <>
      <span className="row">
        <Badge tone={tone} icon={icon}>
          {say(text)}
        </Badge>
        <span title={file}>
          <Time at={started_at} />
        </span>
      </span>
      {error !== null && (
        <span className="small muted clamp">
          <Said text={error} />
        </span>
      )}
    </>
  )
}

function Proof({ backup: { drilled_at, drill_ok, drill_error } }: { backup: Backup }) {
  const say = useSay()
  if (drilled_at === null) return <span className="muted">{say(TEXTS.not_proven)}</span>
  return (
    <span title={drill_error ?? undefined} className="row">
      <Badge tone={drill_ok ? 'good' : 'bad'} icon={drill_ok ? 'check' : 'cross'}>
        {say(drill_ok ? TEXTS.proven_ok : TEXTS.proven_bad)}
      </Badge>
      <Time at={drilled_at} />
    </span>
  )
}
