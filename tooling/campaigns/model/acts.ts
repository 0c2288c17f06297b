import { newId } from '../../../packages/client/src/ids.ts'
import { wantedBy } from './changes.ts'
import type { Client, OpenTab } from './client.ts'
import { count, type Counts } from './counts.ts'
import type { Network } from './network.ts'
import type { Account } from './server.ts'
import type { Act, Step } from './steps.ts'

export interface World {
  network: Network
  account: Account
  time: { pass(milliseconds: number): Promise<void> }
  say: (line: string) => void
  counts: Counts
  sync: (client: Client) => Promise<void>
}

/** Does what a step says, as far as there is anything to do it with. */
export async function perform(
  step: Extract<Step, { by: 'client' }>,
  client: Client,
  world: World,
): Promise<void> {
  const { network, time, say, counts } = world
  const { act } = step
  const tab = client.tab(step.tab)
  const shown = tab.shown.get()
  const gone = [...client.known.values()].filter(({ id }) => !shown.some((task) => task.id === id))
  const wanted = wantedBy(act, { ...tab.found(), gone, next: () => count(counts, 'texts') })
  count(
    counts,
    act.do === 'make' || act.do === 'change' || act.do === 'remove' ? `${act.do} ${act.what}` : act.do,
  )
  say(
    `client ${client.at}${step.hasty ? ' in haste' : ''}, tab ${client.tabs().indexOf(tab)}: ${wanted ? `${wanted.path} ${JSON.stringify(wanted.input)}` : JSON.stringify(act)}`,
  )
  if (wanted) return client.write(tab, wanted)
  switch (act.do) {
    case 'undo':
      return undo(act, tab, client, world)
    case 'retry':
    case 'dismiss': {
      const { failures } = tab.store.status.get()
      const opId = failures[act.which % failures.length]?.opId
      if (opId === undefined) return
      // Where there is no room, it stays as it was.
      const doing = act.do === 'retry' ? tab.store.retry(opId) : client.dismiss(tab, opId)
      return void doing.catch(() => {})
    }
    case 'wait':
      return time.pass(act.seconds * 1000)
    case 'go offline':
      return network.goOffline(client.at)
    case 'go online':
      network.goOnline(client.at)
      return tab.store.wake()
    case 'crash':
      return client.crash(tab)
    case 'open a tab':
      if (client.tabs().length < 2) client.open()
      return
    case 'close the tab':
      return client.close(tab)
    case 'fill the disk':
      return client.setFull(true)
    case 'free the disk':
      return client.setFull(false)
    case 'end the session':
      return network.signOut(client.at)
    case 'sign in':
      network.signIn(client.at)
      return tab.store.wake()
    case 'sleep':
      return tab.sleep(true)
    case 'wake':
      tab.sleep(false)
      return tab.store.wake()
    case 'sync':
      return world.sync(client)
    default:
      // There was no task to do it with.
      return
  }
}

/** Undo needs the server: it is asked for once, and who hears no answer asks no more. */
function undo(
  { back, ifConflict }: Extract<Act, { do: 'undo' }>,
  tab: OpenTab,
  client: Client,
  { network, say }: World,
): void {
  const basedOn = tab.store.status.get().revision ?? 0
  const revision = basedOn - back
  if (revision < 1) return
  const call = { path: 'history.undo', input: { revision, ifConflict } } as const
  say(`  ${call.path} ${JSON.stringify(call.input)}`)
  network.mutate({ ...call, opId: newId(), basedOn, client: client.at }).catch(() => {})
}
