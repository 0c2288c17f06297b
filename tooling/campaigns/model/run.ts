import { quiet, standingTime } from '../../../packages/client/src/store/fake-browser.fixture.ts'
import { perform } from './acts.ts'
import { createClient, type Client } from './client.ts'
import { count, type Counts } from './counts.ts'
import { createNetwork, type Network } from './network.ts'
import type { Account, Server } from './server.ts'
import { clients as clientCount, type Script } from './steps.ts'
import { faultsOfSuperseded } from './superseded.ts'
import { faultsOfLog } from './log-verdict.ts'
import { fatesOf, faultsOfClient, faultsOfServer, listAll, readHistory } from './verdict.ts'
import { faultsOfViews } from './views.ts'

/** What happened in a run, and what is wrong. */
export interface Run {
  counts: Counts
  /** Writes that were promised and are nowhere. */
  lost: string[]
  /** Operations that took effect twice. */
  doubled: string[]
  /** Everything that is wrong, those among it. */
  divergences: string[]
  /** All that happened, a line each. */
  trace: string[]
}

const actionsEach = 100

interface World {
  account: Account
  network: Network
  clients: Client[]
  time: ReturnType<typeof standingTime>
  counts: Counts
  say: (line: string) => void
  fault: (words: string) => void
}

/** Three clients of one account do what the script says; then everything is delivered, and compared. */
export async function run(server: Server, script: Script): Promise<Run> {
  const trace: string[] = []
  const lost: string[] = []
  const counts: Counts = {}
  const say = (line: string) => void trace.push(line)
  const time = standingTime()
  const account = await server.newAccount(clientCount, { now: time.now, say })
  const { faults, user } = account
  const fault = (words: string) => void faults.push(words)
  const network = createNetwork(account, { say, counts })
  const clients = script.pageSizes.map((size, at) => {
    network.pageSizes.set(at, size)
    return createClient({
      at,
      userId: user.id,
      network,
      timers: time,
      election: script.elections[at] ?? 'locks',
      fault,
    })
  })
  const world = { account, network, clients, time, counts, say, fault }

  await play(script, world)
  if (faults.length === 0) await comeBack(script, world)
  if (faults.length === 0) await judge(world, lost)
  for (const client of clients) for (const tab of client.tabs()) client.crash(tab)
  lost.push(...faults.filter((words) => words.includes('has forgotten')))
  const doubled = faults.filter((words) => words.includes('has happened twice'))
  return { counts, lost, doubled, divergences: faults, trace }
}

async function play({ steps }: Script, world: World): Promise<void> {
  const { network, clients, account, counts } = world
  const around = { ...world, sync: (client: Client) => sync(client, world) }
  const taken = clients.map(() => 0)
  for (const client of clients) client.open()
  await quiet(1)
  for (const step of steps) {
    if (account.faults.length > 0) return
    if (step.by === 'network') {
      const parcels = network.inTransit()
      const parcel = parcels[step.parcel % parcels.length]
      if (parcel) await network.move(step.move, parcel)
      await quiet(1)
      continue
    }
    const client = clients[step.client]
    const before = taken[step.client] ?? actionsEach
    if (!client || before === actionsEach) continue
    taken[step.client] = before + 1
    count(counts, 'actions')
    await perform(step, client, around)
    if (step.hasty) continue
    await quiet(1)
    account.faults.push(...(await faultsOfViews(client, account)))
  }
}

/** Whatever a client sends and hears gets through, until nothing is on its way. */
async function sync(client: Client, { network, fault }: World): Promise<void> {
  for (let turn = 0; turn < 1_000; turn++) {
    await quiet(1)
    const [parcel] = network.inTransit(client.at)
    if (!parcel) return
    await network.move('pass', parcel)
  }
  fault(`client ${client.at} never comes to rest`)
}

/** Every client comes back, and everything that is under way arrives, in whatever order. */
async function comeBack({ late }: Script, world: World): Promise<void> {
  const { network, clients, say } = world
  say('the end: all come back')
  for (const client of clients) {
    client.setFull(false)
    network.goOnline(client.at)
    network.signIn(client.at)
    client.tab(0)
    for (const tab of client.tabs()) {
      tab.sleep(false)
      tab.store.wake()
    }
  }
  await quiet(1)
  for (let turn = 0; turn < 1_000; turn++) {
    const parcels = network.inTransit()
    const parcel = parcels[(late[turn % late.length] ?? 0) % parcels.length]
    if (!parcel) break
    await network.move('pass', parcel)
    await quiet(1)
  }
  await rest(world)
}

/** Lets time pass until nobody wants anything any more. */
async function rest({ network, clients, account, time, fault }: World): Promise<void> {
  for (let round = 0; round < 20; round++) {
    for (let turn = 0; turn < 2_000; turn++) {
      const [parcel] = network.inTransit()
      if (!parcel) break
      await network.move('pass', parcel)
      await quiet(1)
    }
    const isDone = clients.every((client) =>
      client.tabs().every(({ store }) => {
        const { pending, revision, loaded } = store.status.get()
        return loaded && pending === 0 && revision === account.model.revision()
      }),
    )
    const kept = await Promise.all(clients.map((client) => client.kept()))
    if (isDone && network.inTransit().length === 0 && kept.every(({ outbox }) => outbox.length === 0)) return
    // Pauses after failures, and polls.
    await time.pass(61_000)
  }
  fault('everything was delivered, and the clients do not come to rest')
}

async function judge(world: World, lost: string[]): Promise<void> {
  const { account, clients, counts } = world
  const { faults } = account
  const there = await listAll(account)
  for (const client of clients) faults.push(...(await faultsOfClient(client, there)))
  // What is kept leads to the same, without what the tabs had in mind.
  for (const client of clients) {
    for (const tab of client.tabs()) client.crash(tab)
    client.open()
    await quiet(1)
    faults.push(...(await faultsOfViews(client, account)))
  }
  await rest(world)
  for (const client of clients) faults.push(...(await faultsOfClient(client, there)))

  const history = await readHistory(account)
  faults.push(...faultsOfServer(account, there))
  faults.push(...faultsOfLog(account, history, there))
  faults.push(...faultsOfSuperseded(account, clients, history))
  const fates = await fatesOf(clients, account)
  faults.push(...fates.lost, ...fates.unasked, ...fates.overtaken)
  lost.push(...fates.lost)

  const made = clients.flatMap(({ writes }) => writes)
  count(counts, 'writes', fates.kept)
  count(counts, 'writes refused by a full disk', made.filter(({ state }) => state === 'refused').length)
  count(counts, 'writes refused by the server', fates.refused)
  count(counts, 'refused, then late', fates.late)
  count(counts, 'revisions', history.length)
  const changes = history.flatMap((revision) => revision.changes)
  count(counts, 'superseded', changes.flatMap(({ superseded }) => superseded).length)
}
