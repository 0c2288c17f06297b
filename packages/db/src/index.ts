export { connect, type Database, type DatabaseOptions } from './connect.ts'
export { DatabaseUnavailableError, isUnavailable } from './connection.ts'
export type { DB } from './database.ts'
export { eraseDue, findReceipt, type ErasureReceipt } from './erasure.ts'
export {
  BusyError,
  forgiveLimits,
  passLimits,
  RateLimitedError,
  takeTokens,
  type Bucket,
  type Limit,
  type Taken,
  type Tries,
} from './limits.ts'
export { migrate, migrateDown, migrationFiles, migrationStatus, type MigrateOptions } from './migrate.ts'
export { openChannel, type Channel, type ChannelOptions } from './notifications.ts'
export { once, onceInLog, OperationReusedError, type Operation } from './operations.ts'
export { removeExpired, type Expired, type Retention } from './retention.ts'
export {
  asAuth,
  asUser,
  inSnapshot,
  inTransaction,
  writtenRevision,
  type Origin,
  type Scope,
  type UserId,
} from './scope.ts'
export { openSteps, type Steps } from './steps.ts'
export { UpkeepElsewhereError } from './upkeep.ts'
export { ConfigurationError, parseDatabaseUrl } from './url.ts'
