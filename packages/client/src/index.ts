export type { AppRouter, Conflict, Inputs, Outputs } from '@ownlist/api'
export { createClient, type ClientOptions, type Ownlist } from './client.ts'
export { errorOf, OwnlistError, type FailureReason } from './errors.ts'
export { signIn, signOut, signUp, type Credentials, type NewSession } from './session.ts'
