import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea, time, written } from '../engines/postgres/columns.ts'

/** From the least to the most that a user may do. */
export const USER_ROLES = ['viewer', 'operator', 'admin'] as const

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    username: text().notNull(),
    /** By foldUsername, never by the database, whose lower case differs: names that are equal here are one name. */
    username_folded: text().notNull(),
    /** See passwords/hash.ts for the format. */
    password_hash: text().notNull(),
    role: text({ enum: USER_ROLES }).notNull(),
    /** Where changes of the account are told; null: nowhere. */
    email: text(),
    /** The password was chosen by somebody else: until it is changed, nothing else may be done. */
    must_change_password: boolean().notNull().default(false),
    disabled_at: time(),
    /** Moves with every change of role, password, e-mail address or disabled_at; the ETag. */
    version: integer().notNull().default(1),
    created_at: written(),
    updated_at: written(),
  },
  (t) => [
    uniqueIndex('users_username').on(t.username_folded),
    check('users_role', sql`${t.role} in ('viewer', 'operator', 'admin')`),
  ],
)

const owner = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

/** A signed-in session; a token is good only while its session is. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    user_id: owner(),
    created_at: written(),
    expires_at: time().notNull(),
    /** Written at most once a minute; see sessions.ts for how long it may stay unused. */
    last_used_at: written(),
    /** When its user last proved who they are: at sign-in, or by a code since. */
    proved_at: written(),
    /** Where it was last used from. */
    address: text(),
    user_agent: text(),
    /** SHA-256 of the text of the browser that has it in cookies; the next sign-in there takes its place. */
    device: bytea(),
    /** When its newest access token ends; until then its user counts as active. */
    active_until: time(),
    revoked_at: time(),
  },
  (t) => [
    index('sessions_user').on(t.user_id),
    index('sessions_device')
      .on(t.device)
      .where(sql`${t.device} is not null and ${t.revoked_at} is null`),
  ],
)

/** The refresh tokens of a session, one after the other; see sign-in/refresh-tokens.ts. */
export const refresh_tokens = pgTable(
  'refresh_tokens',
  {
    /** SHA-256 of the token, which has 256 random bits. */
    hash: bytea().primaryKey(),
    session_id: uuid()
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    created_at: written(),
    /** Set together, when the token was exchanged for its successor. */
    rotated_at: time(),
    successor_salt: bytea(),
  },
  (t) => [index('refresh_tokens_session').on(t.session_id)],
)

/**
 * Wrong passwords and codes in a row, by account and by where they came from; sign-in/attempt-rules.ts says what the sources
 * and times are. In sql, because a count that a restart forgets protects nobody.
 */
export const login_attempts = pgTable(
  'login_attempts',
  {
    /** A user name as foldUsername makes it; also of nobody, so that names do not differ by whether they exist. */
    account: text().notNull(),
    source: text().notNull(),
    failures: integer().notNull(),
    /** When the next attempt may come. */
    next_at: time().notNull(),
    /** Until then the account is known there. */
    known_until: time(),
    /** From then on the row counts for nothing. */
    forgotten_at: time().notNull(),
  },
  (t) => [primaryKey({ columns: [t.account, t.source] }), index('login_attempts_age').on(t.forgotten_at)],
)

/** A sign-in whose password was right and whose code is awaited. */
export const login_challenges = pgTable(
  'login_challenges',
  {
    /** SHA-256 of the challenge, which has 256 random bits. */
    hash: bytea().primaryKey(),
    user_id: owner(),
    /** users.version when the password was right: a change of the user since then ends it. */
    user_version: integer().notNull(),
    created_at: written(),
    expires_at: time().notNull(),
    /** Codes tried so far. */
    tries: integer().notNull().default(0),
    /** The session is to come in cookies. */
    cookie: boolean().notNull(),
  },
  (t) => [index('login_challenges_user').on(t.user_id)],
)

/** Keys of scripts, which act as their user; see api-keys/api-keys.ts. */
export const api_keys = pgTable(
  'api_keys',
  {
    id: uuid().primaryKey(),
    user_id: owner(),
    name: text().notNull(),
    /** By foldUsername, as names of users are. */
    name_folded: text().notNull(),
    /** SHA-256 of the key, which has 256 random bits. */
    hash: bytea().notNull(),
    /** Its first characters, for its owner to know it by. */
    start: text().notNull(),
    /** The most that it may do, however much its user may. */
    role: text({ enum: USER_ROLES }).notNull(),
    created_at: written(),
    expires_at: time().notNull(),
    /** Set together, at most once a minute. */
    last_used_at: time(),
    last_used_address: text(),
  },
  (t) => [
    uniqueIndex('api_keys_hash').on(t.hash),
    uniqueIndex('api_keys_name').on(t.user_id, t.name_folded),
    check('api_keys_role', sql`${t.role} in ('viewer', 'operator', 'admin')`),
  ],
)

/** A user's authenticator app. Pending until a code proves that the app has the secret; only then it counts. */
export const two_factor = pgTable(
  'two_factor',
  {
    user_id: owner().primaryKey(),
    /** Encrypted; see lib/encryption.ts. */
    secret: bytea().notNull(),
    pending_until: time(),
    confirmed_at: time(),
    /** The newest time step whose code was accepted; no code of this or an older one is taken again. */
    last_step: bigint({ mode: 'number' }).notNull().default(0),
  },
  (t) => [check('two_factor_state', sql`(${t.pending_until} is null) = (${t.confirmed_at} is not null)`)],
)

/** Recovery codes not yet used, as SHA-256 of their 120 random bits. */
export const recovery_codes = pgTable('recovery_codes', { user_id: owner(), hash: bytea().notNull() }, (t) => [
  primaryKey({ columns: [t.user_id, t.hash] }),
])

/** Changes of an account that its user is told of by e-mail; actions of the audit. */
export const NOTICE_ACTIONS = [
  'user.role_changed',
  'user.disabled',
  'user.enabled',
  'user.email_changed',
  'password.changed',
  'password.reset',
  'two_factor.enabled',
  'two_factor.disabled',
  'two_factor.reset',
  'two_factor.recovery_codes_renewed',
  'api_key.created',
] as const

/** The outbox of these e-mails: written with the change, delivered by the jobs program. */
export const user_notices = pgTable(
  'user_notices',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    user_id: owner(),
    /** The user's address before the change. */
    email: text().notNull(),
    action: text({ enum: NOTICE_ACTIONS }).notNull(),
    details: jsonb()
      .$type<Record<string, unknown>>()
      .notNull()
      .default(sql`'{}'::jsonb`),
    /** Who changed it, and from where. */
    actor_name: text(),
    address: text(),
    created_at: written(),
    /** Deliveries begun; the last one fences how it went. */
    attempts: integer().notNull().default(0),
    /** When it may be tried: now, after a delay, or when the lease of its claimer is over. */
    available_at: written(),
    sent_at: time(),
    last_error: text(),
  },
  (t) => [
    index('user_notices_due')
      .on(t.available_at, t.id)
      .where(sql`${t.sent_at} is null`),
    index('user_notices_age').on(t.created_at),
  ],
)
