import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
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
    disabled_at: time(),
    /** Moves with every change of role, password or disabled_at; the ETag. */
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
    /** When its newest access token ends; until then its user counts as active. */
    active_until: time(),
    revoked_at: time(),
  },
  (t) => [index('sessions_user').on(t.user_id)],
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
