import { beginPasskeySignIn, OwnlistError, signInWithPasskey } from '@ownlist/client'
import {
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  type PublicKeyCredentialRequestOptionsJSON,
  WebAuthnAbortService,
  WebAuthnError,
} from '@simplewebauthn/browser'

/** Asks for a passkey; false where none was given, which is nothing to be told about. */
export async function signInByPasskey(): Promise<boolean> {
  const optionsJSON = await askedOptions()
  try {
    const response = await startAuthentication({ optionsJSON })
    await signInWithPasskey(location.origin, response)
    return true
  } catch (error) {
    if (isGivenUp(error)) return false
    throw error
  }
}

/** TypeScript's own words for what a browser takes, and the library's, differ by a list of hints that are not sent. */
async function askedOptions() {
  return (await beginPasskeySignIn(location.origin)) as PublicKeyCredentialRequestOptionsJSON
}

/** Milliseconds after which a challenge is asked for anew: the server takes it for five minutes. */
const challengeAge = 4 * 60_000

/** Offers passkeys with the addresses that the browser fills in, until it is stopped. */
export function offerPasskeys(onChosen: (way: () => Promise<boolean>) => void): () => void {
  let isOver = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function offer() {
    if (isOver || !(await browserSupportsWebAuthnAutofill())) return
    const optionsJSON = await askedOptions()
    if (isOver) return
    timer = setTimeout(() => void offer().catch(() => undefined), challengeAge)
    const response = await startAuthentication({ optionsJSON, useBrowserAutofill: true })
    onChosen(async () => {
      await signInWithPasskey(location.origin, response)
      return true
    })
  }

  // Nobody has asked for it, so nobody is told when it does not work.
  offer().catch(() => undefined)
  return () => {
    isOver = true
    clearTimeout(timer)
    WebAuthnAbortService.cancelCeremony()
  }
}

/** Whoever closes the browser's question, or lets it run out, wanted something else. */
export function isGivenUp(error: unknown): boolean {
  const cause = error instanceof WebAuthnError ? error.cause : error
  return (
    !(error instanceof OwnlistError) &&
    cause instanceof Error &&
    (cause.name === 'NotAllowedError' || cause.name === 'AbortError')
  )
}
