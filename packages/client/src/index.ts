export type { AppRouter, Conflict, Inputs, Outputs } from '@ownlist/api'
export { createClient, type ClientOptions, type Ownlist } from './client.ts'
export { startDeviceLogin, waitForDeviceLogin, type DeviceLogin, type DeviceOptions } from './device.ts'
export { errorOf, OwnlistError, type FailureReason } from './errors.ts'
export {
  addPasskey,
  beginPasskey,
  beginPasskeySignIn,
  beginTotp,
  confirmTotp,
  deletePasskey,
  disableTotp,
  forgetDevices,
  listPasskeys,
  renamePasskey,
  renewRecoveryCodes,
  signInWithPasskey,
  signInWithRecoveryCode,
  signInWithTotp,
  twoFactorStatus,
  type Caller,
  type MadePasskey,
  type Passkey,
  type PasskeyAnswer,
  type TwoFactorStatus,
} from './factors.ts'
export {
  changeEmail,
  changePassword,
  requestPasswordReset,
  resetPassword,
  sendVerificationEmail,
  signIn,
  signOut,
  signUp,
  verifyEmail,
  type Credentials,
  type NewSession,
  type SecondFactorNeeded,
  type Verified,
} from './session.ts'
export {
  addressOfProvider,
  approveDevice,
  denyDevice,
  linkProvider,
  lookAtDevice,
  unlinkProvider,
  waysIn,
  type AskingDevice,
  type WaysIn,
} from './ways-in.ts'
export { createStore, type Status, type Store, type StoreOptions } from './store/store.ts'
export type { Filter } from './store/filter.ts'
export type { Counts } from './store/live-counts.ts'
export type { Live } from './store/live-list.ts'
export type { Failure, MutationInputs, TaskInputs } from './store/operation.ts'
export type { Made } from './store/replica.ts'
export type { Comment, List, Tag, Task, View } from './store/rows.ts'
