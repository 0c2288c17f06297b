export { connect, type Database, type DatabaseOptions } from './connect.ts'
export { DatabaseUnavailableError, isUnavailable } from './connection.ts'
export type { DB } from './database.ts'
export { migrate, migrateDown, migrationFiles, migrationStatus, type MigrateOptions } from './migrate.ts'
export { once, OperationReusedError, type Operation } from './operations.ts'
export {
  asAuth,
  asUser,
  inTransaction,
  writtenRevision,
  type Origin,
  type Scope,
  type UserId,
} from './scope.ts'
export { ConfigurationError, parseDatabaseUrl } from './url.ts'
