/**
 * The databases of the order systems, and the one for their output: each with connections of its own, opened by the first
 * call, so that one which is away stops nothing else. Their tables are made where they are missing.
 */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { openSql } from '../engines/postgres/open-sql.ts'
import type { OrdersConfig } from './config.ts'

/** A database with its tables in a schema. */
export interface OrdersDatabase {
  name: string
  schema: string
  /** Resolves when its tables are there; throws AppError system_unavailable. */
  use<T>(work: (sql: Sql, schema: string) => Promise<T>): Promise<T>
}

export interface OrdersDatabases {
  systems: OrdersDatabase[]
  output: OrdersDatabase
  /** Throws AppError system_not_found. */
  system(name: string): OrdersDatabase
  close(): Promise<void>
}

/** Two sends at once, and a reader. */
const CONNECTIONS = 3
/** Of one batch; a person waits. */
const DEADLINES = { statement_timeout_s: 30, lock_timeout_s: 10 }
/** Any number that no other advisory lock of ours has. */
const TABLES_LOCK = 4_711_016

/** What is watched is not made: a system that nobody has used yet is unavailable then. */
export interface Opening {
  make_tables?: boolean
}

/** `url`: of sql, where databases that have none of their own are schemas. */
export function openOrdersDatabases(
  { systems, output_url }: Pick<OrdersConfig, 'systems' | 'output_url'>,
  url: string,
  opening: Opening = {},
): OrdersDatabases {
  const opened = systems.map((system) =>
    openDatabase(
      system.name,
      system.url ?? url,
      system.url ? 'public' : `system_${system.name}`,
      SYSTEM_TABLES,
      opening,
    ),
  )
  const output = openDatabase('output', output_url ?? url, output_url ? 'public' : 'output', OUTPUT_TABLES, opening)
  return {
    systems: opened,
    output,
    system(name) {
      const found = opened.find((system) => system.name === name)
      if (found) return found
      const names = opened.map((system) => system.name).join(', ')
      throw new AppError('not_found', 'system_not_found', {
        en: `There is no order system ${name}; there are ${names}.`,
        pt: `Não existe o sistema de pedidos ${name}; existem ${names}.`,
      })
    },
    close: async () => void (await Promise.all([...opened, output].map((database) => database.close()))),
  }
}

function openDatabase(name: string, url: string, schema: string, tables: Tables, { make_tables = true }: Opening) {
  let sql: Sql | undefined
  let made: Promise<unknown> | undefined

  async function use<T>(work: (sql: Sql, schema: string) => Promise<T>): Promise<T> {
    sql ??= openSql(url, CONNECTIONS, DEADLINES)
    try {
      await (made ??= make_tables ? makeTables(sql, schema, tables) : findTables(sql, schema, tables))
    } catch (err) {
      made = undefined
      throw unavailable(name, err)
    }
    try {
      return await work(sql, schema)
    } catch (err) {
      throw isOutage(err) ? unavailable(name, err) : err
    }
  }

  return { name, schema, use, close: async () => void (await sql?.end({ timeout: 5 })) }
}

async function findTables(sql: Sql, schema: string, { made }: Tables): Promise<void> {
  const [row] = await sql<[{ there: boolean }]>`select to_regclass(${`${schema}.${made}`}) is not null as there`
  if (!row.there)
    throw new AppError('not_found', 'system_not_found', {
      en: `There is no table ${schema}.${made} yet.`,
      pt: `Ainda não existe a tabela ${schema}.${made}.`,
    })
}

/** What is there is left alone: `if not exists` takes locks, and waits for whoever writes. */
const makeTables = (sql: Sql, schema: string, { made, statements }: Tables) =>
  sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${TABLES_LOCK})`
    const [row] = await tx<[{ there: boolean }]>`select to_regclass(${`${schema}.${made}`}) is not null as there`
    if (!row.there) await tx.unsafe(statements.replaceAll('SCHEMA', schema))
  })

/** A connection that is lost or was never had, a database without room or at its end, a statement that took too long. */
const isOutage = (err: unknown): boolean =>
  /^(?:CONN|CONNECT_|CONNECTION_|E[A-Z]+$|08|53|57|55P03|25006)/.test(String((err as { code?: unknown }).code))

const unavailable = (name: string, cause: unknown) =>
  new AppError(
    'unavailable',
    'system_unavailable',
    {
      en: `The database of ${name} does not do what it is asked; try again in a moment.`,
      pt: `O banco de dados de ${name} não faz o que se pede; tente de novo daqui a pouco.`,
    },
    { cause },
  )

interface Tables {
  /** The last of what the statements make. */
  made: string
  statements: string
}

/**
 * The truth of what was sent is here: `sent_at` is set once the broker has confirmed the row's message. A table that is there
 * already, with a system's own rows, gets the two columns that it lacks.
 */
const SYSTEM_TABLES: Tables = {
  made: 'orders_pending',
  statements: `
    create schema if not exists SCHEMA;
    create table if not exists SCHEMA.orders (
      id bigint generated by default as identity primary key,
      product text not null,
      price numeric(14, 4) not null check (price >= 0),
      security_check boolean not null,
      created_at timestamptz not null default now()
    );
    alter table SCHEMA.orders add column if not exists message_id uuid not null unique default gen_random_uuid();
    alter table SCHEMA.orders add column if not exists sent_at timestamptz;
    create index orders_pending on SCHEMA.orders (id) where sent_at is null`,
}

const OUTPUT_TABLES: Tables = {
  made: 'orders',
  statements: `
    create schema if not exists SCHEMA;
    create table SCHEMA.orders (
      id bigint generated by default as identity primary key,
      message_id uuid not null unique,
      origin text not null,
      product text not null,
      price numeric(14, 4) not null,
      security_check boolean not null,
      written_at timestamptz not null default now()
    )`,
}
