import { addPasskey, beginPasskey, type Passkey } from '@ownlist/client'
import { startRegistration, type PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { here } from '../session/enter.ts'
import { isGivenUp } from '../session/passkeys.ts'

/** Has the browser make a passkey and the server keep it; undefined where somebody closed the browser's question. */
export async function addByBrowser(wish: {
  name: string
  password: string | undefined
}): Promise<Passkey | undefined> {
  const { name, password } = wish
  const asked = await beginPasskey(here, { ...(password !== undefined && { password }) })
  // TypeScript's own words for what a browser takes, and the library's, differ by a list of hints that are not sent.
  const optionsJSON = asked as PublicKeyCredentialCreationOptionsJSON
  try {
    return await addPasskey(here, { response: await startRegistration({ optionsJSON }), name })
  } catch (error) {
    if (isGivenUp(error)) return undefined
    throw error
  }
}
