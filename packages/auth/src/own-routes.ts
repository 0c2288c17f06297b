import { changeEmail, sendVerification, verifyEmail } from './email-address.ts'
import type { Identity, OwnRequest } from './identity.ts'
import { unlinkProvider } from './oidc/unlink.ts'
import { changePassword, requestPasswordReset, resetByToken } from './password-routes.ts'
import { signUpByMail } from './sign-up.ts'

type Answer = (request: OwnRequest<unknown>) => Promise<Response>

/** What we answer ourselves, where better-auth's links work more than once or tell who has an account. */
export function ownRoutes(identity: Identity): Map<string, Answer> {
  /** The table of open routes has parsed the input by the schema that `Input` comes from. */
  const route =
    <Input>(answer: (identity: Identity, request: OwnRequest<Input>) => Promise<Response>): Answer =>
    (request) =>
      answer(identity, request as OwnRequest<Input>)

  return new Map([
    ['send-verification-email', route(sendVerification)],
    ['verify-email', route(verifyEmail)],
    ['request-password-reset', route(requestPasswordReset)],
    ['reset-password', route(resetByToken)],
    ['change-password', route(changePassword)],
    ['change-email', route(changeEmail)],
    ['unlink-account', route(unlinkProvider)],
    ...(identity.verifiesEmail ? [['sign-up/email', route(signUpByMail)] as const] : []),
  ])
}
