export { exportAccount } from './account/export.ts'
export { exportRequest } from './account/schema.ts'
export type {
  Accounts,
  Security,
  SecurityEvent,
  SessionInfo,
  SignedIn,
  TokenInfo,
  User,
} from './account/accounts.ts'
export type { AccountChange } from './account/schema.ts'
export { AppError, asAppError, reasons, type Conflict, type InputIssue, type Reason } from './errors.ts'
export { appRouter, createCaller, type AppRouter, type Inputs, type Outputs } from './router.ts'
export type { Listener, LiveUpdates } from './sync/live.ts'
export { allows, type TokenScope } from './token-scopes.ts'
export { createTurns } from './turns.ts'
export type { Context } from './trpc.ts'
