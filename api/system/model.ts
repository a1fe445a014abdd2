import { t } from 'elysia'
import { PROGRAMS } from '../../db/monitoring/table.ts'
import { oneOf, time } from '../http/schemas.ts'
import { PLACEMENTS, ROLES } from './roles.ts'

const nullable = t.Nullable

const role = t.Object(
  {
    role: oneOf(ROLES),
    engine: t.String({ description: 'PostgreSQL, Redis, Kafka, …, or files.' }),
    version: nullable(t.String(), { description: 'null where it has none, or is not known yet.' }),
    placement: oneOf(PLACEMENTS, {
      description: 'A server of its own, the embedded one, tables in the database, or files below DATA_DIR.',
    }),
    where: nullable(t.String(), { description: 'Its address, without user, password and parameters.' }),
    status: oneOf(['ok', 'down']),
    latency_ms: t.Number(),
  },
  { title: 'SystemRole' },
)

const program = t.Object(
  {
    program: oneOf(PROGRAMS),
    host: t.String(),
    pid: t.Integer(),
    status: oneOf(['ok', 'silent'], { description: 'silent: no heartbeat for half a minute, and not stopped.' }),
    started_at: time,
    seen_at: t.String({ format: 'date-time', description: 'Its last heartbeat.' }),
    version: nullable(t.String(), { description: 'Of Doca.' }),
    bun: nullable(t.String()),
    memory_bytes: nullable(t.Integer(), { description: 'Resident, at its last heartbeat.' }),
    loop_delay_ms: nullable(t.Number(), {
      description: 'The longest that its event loop was kept before its last heartbeat.',
    }),
  },
  { title: 'SystemProgram' },
)

const backup = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    started_at: time,
    finished_at: nullable(time),
    ok: nullable(t.Boolean(), { description: 'null while it is made.' }),
    error: nullable(t.String()),
    file: t.String(),
    folder: t.String({ description: 'Where it was written to.' }),
    size_bytes: nullable(t.Integer()),
    encrypted: t.Boolean(),
    copied_at: nullable(t.String({ format: 'date-time', description: 'When a copy stood in BACKUP_URL.' })),
    drilled_at: nullable(t.String({ format: 'date-time', description: 'When it was last restored for a proof.' })),
    drill_ok: nullable(t.Boolean()),
    drill_error: nullable(t.String()),
  },
  { title: 'SystemBackup' },
)

const DATA_DIR = '/var/lib/doca'

export const systemAnswer = t.Object(
  {
    timestamp: time,
    version: t.String({ description: 'Of the process that answers.' }),
    bun: t.String(),
    platform: t.String(),
    roles: t.Array(role),
    programs: t.Array(program, { description: 'Every process that was started and not stopped.' }),
    disk: t.Object({
      folder: t.String({ description: 'DATA_DIR of the process that answers.' }),
      free_bytes: t.Integer(),
      size_bytes: t.Integer(),
      data_bytes: nullable(t.Integer(), { description: 'The size of the folder; null while it is measured.' }),
      full_at: nullable(
        t.String({
          format: 'date-time',
          description: 'When the disk will be full if it goes on filling as in the last seven days.',
        }),
      ),
    }),
    backups: t.Object({
      last_proven_at: nullable(
        t.String({ format: 'date-time', description: 'When a backup last came through a drill.' }),
      ),
      items: t.Array(backup, { description: 'Newest first.' }),
    }),
    migrations: t.Object({
      count: t.Integer({ description: 'Those that the database has run.' }),
      newest: nullable(t.String()),
      pending: t.Array(t.String()),
    }),
  },
  {
    title: 'System',
    examples: [
      {
        timestamp: '2026-11-20T09:30:00.000Z',
        version: '0.1.0',
        bun: '1.4.5',
        platform: 'linux x64',
        roles: [
          {
            role: 'database',
            engine: 'PostgreSQL',
            version: '18.4',
            placement: 'server',
            where: 'postgres://database.example.com:5432/doca',
            status: 'ok',
            latency_ms: 0.8,
          },
        ],
        programs: [
          {
            program: 'api',
            host: 'doca-1',
            pid: 4711,
            status: 'ok',
            started_at: '2026-11-19T08:00:00.000Z',
            seen_at: '2026-11-20T09:29:55.000Z',
            version: '0.1.0',
            bun: '1.4.5',
            memory_bytes: 104_857_600,
            loop_delay_ms: 4,
          },
        ],
        disk: {
          folder: DATA_DIR,
          free_bytes: 53_687_091_200,
          size_bytes: 107_374_182_400,
          data_bytes: 1_073_741_824,
          full_at: '2027-03-01T00:00:00.000Z',
        },
        backups: {
          last_proven_at: '2026-11-16T04:00:12.000Z',
          items: [
            {
              id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
              started_at: '2026-11-20T03:30:00.000Z',
              finished_at: '2026-11-20T03:30:09.000Z',
              ok: true,
              error: null,
              file: 'doca-20261120T033000Z.tar.zst.age',
              folder: `${DATA_DIR}/backups`,
              size_bytes: 52_428_800,
              encrypted: true,
              copied_at: '2026-11-20T03:30:20.000Z',
              drilled_at: null,
              drill_ok: null,
              drill_error: null,
            },
          ],
        },
        migrations: { count: 18, newest: '0017_monitors', pending: [] },
      },
    ],
  },
)

const setting = t.Object(
  {
    name: t.String({ description: 'Of the variable; of an alert rule its name, its subjects and what is changed.' }),
    value: nullable(t.String(), { description: 'In force; null where it is a secret, or unset without a default.' }),
    is_secret: t.Boolean({ description: 'Its value is not shown.' }),
    source: oneOf(['default', 'dotenv', 'environment', 'rules_file'], {
      description: 'dotenv: a file .env, with the same value; rules_file: ALERT_RULES.',
    }),
    programs: t.Array(oneOf(PROGRAMS), { description: 'Those that have it so.' }),
    description: nullable(t.String({ description: 'What it is for, in the language asked for.' })),
  },
  { title: 'Setting' },
)

export const settingsAnswer = t.Object(
  { items: t.Array(setting) },
  {
    title: 'Settings',
    examples: [
      {
        items: [
          {
            name: 'KEEP_AUDIT_DAYS',
            value: '730',
            is_secret: false,
            source: 'default',
            programs: ['jobs'],
            description: 'cleanup: how many days are kept of …',
          },
        ],
      },
    ],
  },
)
