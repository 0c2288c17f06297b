export { createAuth, type Auth, type AuthOptions } from './auth.ts'
export { createLimits, type Limits } from './limits.ts'
export { networkOf, plainAddress } from './network.ts'
