/** Every table, a file per area. drizzle-kit turns a change here into a migration: `bun run db:generate`. */
export * from './schema/users.ts'
export * from './schema/audit.ts'
export * from './schema/login-attempts.ts'
export * from './schema/packaging.ts'
export * from './schema/events.ts'
export * from './schema/jobs.ts'
export * from './schema/charts.ts'
export * from './schema/roles.ts'
