import { ownlist, queryClient } from '../app/client.ts'
import { meOptions } from './me.ts'

const key = 'ownlist.new-account'

/** An account may be on its way that will be signed in to in this browser. */
export function expectAccount(): void {
  try {
    localStorage.setItem(key, 'yes')
  } catch {
    // Then it stays as the server made it, until somebody looks into the settings.
  }
}

/** What day it is depends on where one is: a new account is where it is first signed in to. */
export async function settleZone(): Promise<void> {
  try {
    if (localStorage.getItem(key) === null) return
    const me = await ownlist.account.me.query({})
    localStorage.removeItem(key)
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    // An account that is somewhere already was there before.
    if (me.timeZone !== 'UTC' || timeZone === 'UTC') return
    queryClient.setQueryData(meOptions.queryKey, await ownlist.account.update.mutate({ timeZone }))
  } catch {
    // Not a reason to fail: the settings have it, too.
  }
}
