import { createAuthEndpoint } from 'better-auth/api'
import { stopped } from '../refusals.ts'
import { requestScope } from '../request-scope.ts'
import { inputs } from './inputs.ts'
import type { FactorContext } from './plugin.ts'
import { refusal } from './refusals.ts'
import {
  redeemRecoveryCode,
  redeemTotp,
  takeTryOfAccount,
  takeTryOfStep,
  triesOfAccount,
  type PendingStep,
} from './second-steps.ts'
import { signInAs } from './sign-in.ts'
import { otpauthUri, base32, stepOfCode } from './totp.ts'
import {
  beginTotp,
  confirmTotp,
  findTotp,
  removeTotp,
  renewRecoveryCodes,
  twoFactorStatus,
} from './totp-queries.ts'
import { forgetDevices, trustDevice, trustLifetime } from './trusted-devices.ts'

/** `two-factor/*`: codes of an authenticator app, and the recovery codes for who has lost it. */
export function twoFactorEndpoints(factors: FactorContext) {
  const { db, secret: key, now, signedIn, proven, change, trustCookie, onError } = factors

  /** One try, taken before the code is looked at. */
  async function takeTry(token: string): Promise<PendingStep> {
    const pending = await takeTryOfStep(db, token, now())
    if (!pending) throw refusal('SECOND_STEP_OVER')
    await takeTryFor(pending.userId)
    const scope = requestScope.getStore()
    if (scope) scope.knownHash = pending.knownHash
    return pending
  }

  async function takeTryFor(userId: string): Promise<void> {
    const retryAfter = await takeTryOfAccount(db, userId, now())
    if (retryAfter !== undefined) throw refusal('TOO_MANY_TRIES', stopped(retryAfter, triesOfAccount))
  }

  async function stepOf(userId: string, code: string, confirmed: boolean): Promise<number | undefined> {
    const totp = await findTotp(db, userId, key)
    if (totp?.confirmed !== confirmed) return undefined
    if (!totp.secret) {
      onError?.('a TOTP secret cannot be opened: AUTH_SECRET is not what it was', [userId])
      return undefined
    }
    return stepOfCode(totp.secret, code, now())
  }

  return {
    twoFactorStatus: createAuthEndpoint(
      '/two-factor/status',
      { method: 'POST', body: inputs.nothing },
      async (ctx) => {
        const { user } = await signedIn()
        return ctx.json(await twoFactorStatus(db, user.id, now()))
      },
    ),

    beginTotp: createAuthEndpoint(
      '/two-factor/enable',
      { method: 'POST', body: inputs.confirmed },
      async (ctx) => {
        const { user } = await proven(ctx.body.password)
        const secret = await beginTotp(db, user.id, key)
        if (!secret) throw refusal('TOTP_ON')
        return ctx.json({ secret: base32(secret), totpUri: otpauthUri(secret, user.email) })
      },
    ),

    confirmTotp: createAuthEndpoint(
      '/two-factor/confirm',
      { method: 'POST', body: inputs.code },
      async (ctx) => {
        const { user } = await signedIn()
        const totp = await findTotp(db, user.id, key)
        if (!totp) throw refusal('TOTP_OFF')
        if (totp.confirmed) throw refusal('TOTP_ON')
        await takeTryFor(user.id)
        const step = await stepOf(user.id, ctx.body.code, false)
        if (step === undefined) throw refusal('CODE_WRONG')
        const recoveryCodes = await change(
          { headers: ctx.headers, userId: user.id, kind: 'two-factor-enabled' },
          (within) => confirmTotp(within, { userId: user.id, step }, now()),
          (codes) => codes !== undefined,
        )
        if (!recoveryCodes) throw refusal('TOTP_ON')
        return ctx.json({ recoveryCodes })
      },
    ),

    disableTotp: createAuthEndpoint(
      '/two-factor/disable',
      { method: 'POST', body: inputs.confirmed },
      async (ctx) => {
        const { user } = await proven(ctx.body.password)
        const isRemoved = await change(
          { headers: ctx.headers, userId: user.id, kind: 'two-factor-disabled' },
          (within) => removeTotp(within, user.id),
          Boolean,
        )
        if (!isRemoved) throw refusal('TOTP_OFF')
        return ctx.json({ success: true })
      },
    ),

    renewRecoveryCodes: createAuthEndpoint(
      '/two-factor/generate-backup-codes',
      { method: 'POST', body: inputs.confirmed },
      async (ctx) => {
        const { user } = await proven(ctx.body.password)
        const recoveryCodes = await change(
          { headers: ctx.headers, userId: user.id, kind: 'recovery-codes-made' },
          (within) => renewRecoveryCodes(within, user.id),
          (codes) => codes !== undefined,
        )
        if (!recoveryCodes) throw refusal('TOTP_OFF')
        return ctx.json({ recoveryCodes })
      },
    ),

    forgetDevices: createAuthEndpoint(
      '/two-factor/forget-devices',
      { method: 'POST', body: inputs.nothing },
      async (ctx) => {
        const { user } = await signedIn()
        return ctx.json({ forgotten: await forgetDevices(db, user.id) })
      },
    ),

    verifyTotp: createAuthEndpoint(
      '/two-factor/verify-totp',
      { method: 'POST', body: inputs.secondStep },
      async (ctx) => {
        const pending = await takeTry(ctx.body.token)
        const step = await stepOf(pending.userId, ctx.body.code, true)
        if (step === undefined || !(await redeemTotp(db, pending, step))) throw refusal('CODE_WRONG')
        const answer = await signInAs(ctx, pending.userId)
        if (ctx.body.trustDevice) {
          const device = {
            userId: pending.userId,
            ipAddress: factors.addressOf(ctx.headers),
            userAgent: ctx.headers?.get('user-agent') ?? null,
          }
          const { name, ...attributes } = trustCookie
          ctx.setCookie(name, await trustDevice(db, device, now()), { ...attributes, maxAge: trustLifetime })
        }
        return ctx.json(answer)
      },
    ),

    verifyRecoveryCode: createAuthEndpoint(
      '/two-factor/verify-backup-code',
      { method: 'POST', body: inputs.recovery },
      async (ctx) => {
        const pending = await takeTry(ctx.body.token)
        const isUsed = await change(
          { headers: ctx.headers, userId: pending.userId, kind: 'recovery-code-used' },
          (within) => redeemRecoveryCode(within, pending, ctx.body.code),
          Boolean,
        )
        if (!isUsed) throw refusal('CODE_WRONG')
        return ctx.json(await signInAs(ctx, pending.userId))
      },
    ),
  }
}
