import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createClient, errorOf, signIn, signUp } from '../../packages/client/src/index.ts'
import { openOwner, type Owner } from '../../packages/db/src/owner.fixture.ts'
import { startPostgres } from '../postgres/src/index.ts'
import { freePort } from '../postgres/src/free-port.ts'
import { cuts, startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts'
import { seeded } from './random.ts'
import { keepServer, type RestartedServer } from './restarted-server.ts'
import { Worker, type Content, type Ledger } from './worker.ts'

export interface RetryCampaign {
  /** The server's entry: its source, or the bundle that production runs. */
  main: string
  /** It ends after so many attempts that followed one that was cut. */
  retries: number
  workers: number
  seed: number
  /** Sends no operation ids: to see that the campaign would notice. */
  forgetful?: boolean
  say?: (line: string) => void
}

export interface RetryReport {
  retries: number
  /** Operations of which some attempt went to the other server. */
  moved: number
  cut: CuttingProxy['cut']
  /** Successful calls by procedure. */
  calls: Record<string, number>
  refusals: number
  revisions: number
  /** What is there more or less often than it was meant, or otherwise. */
  duplicates: string[]
  lost: string[]
  wrong: string[]
}

interface Person {
  id: string
  email: string
  password: string
  token: string | undefined
  ledgers: Ledger[]
}

/**
 * Every mutation, over and over, through connections that break: the client tries again without looking, on
 * whichever of two servers it gets. At the end each call that was meant must have happened exactly once.
 */
export async function retryCampaign(campaign: RetryCampaign): Promise<RetryReport> {
  const { main, retries, workers, seed, forgetful = false, say = () => {} } = campaign
  const home = mkdtempSync(join(tmpdir(), 'ownlist-retries-'))
  // Root's PostgreSQL runs as another user, which has to reach its data.
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
  const servers: RestartedServer[] = []
  let owner: Owner | undefined
  let proxy: CuttingProxy | undefined
  try {
    const ports = [await freePort(), await freePort()]
    const secret = randomBytes(32).toString('hex')
    for (const port of ports) {
      servers.push(
        await keepServer(main, {
          DATABASE_URL: postgres.serverUrl,
          DATABASE_URL_UNPOOLED: postgres.url,
          AUTH_SECRET: secret,
          PORT: String(port),
          LOG_LEVEL: 'silent',
          // What a test makes in a second, people make in a day.
          RATE_LIMIT_ACCOUNT: '1000000',
          RATE_LIMIT_ADDRESS: '1000000',
          RATE_LIMIT_IDENTITY: '1000000',
        }),
      )
    }
    const targets = ports.map((port) => `http://127.0.0.1:${port}`)
    const direct = targets[0] ?? ''
    const rows = (owner = await openOwner(postgres.url))
    proxy = await startCuttingProxy({ targets, random: seeded(seed), chance: 0.6, forgetful })
    const { url } = proxy

    const people = await Promise.all(Array.from({ length: Math.ceil(workers / 3) }, () => newPerson(direct)))
    const enough = () => (proxy?.retries ?? 0) >= retries
    let told = 0
    await Promise.all(
      Array.from({ length: workers }, async (_, at) => {
        const person = people[at % people.length]
        if (!person) throw new Error('nobody to work for')
        const client = createClient({ url, token: person.token, name: `worker ${at}`, retries: 10 })
        const worker = new Worker(`worker ${at}`, client, {
          random: seeded(seed + 1 + at),
          password: person.password,
          openSession: () => openSession(rows, person.id),
        })
        person.ledgers.push(worker.ledger)
        await worker.work(() => {
          const done = proxy?.retries ?? 0
          if (done - told >= 1_000) say(`${(told = done - (done % 1_000))} retries`)
          return enough()
        })
      }),
    )
    const report = emptyReport()
    for (const person of people) {
      await eraseAndKeep(person, url, direct, report)
      await compare(person, rows, report)
    }
    return { ...report, retries: proxy.retries, moved: proxy.moved, cut: proxy.cut }
  } finally {
    await proxy?.close()
    await owner?.end()
    await Promise.all(servers.map((server) => server.stop()))
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

function emptyReport(): RetryReport {
  return {
    retries: 0,
    moved: 0,
    cut: Object.fromEntries(cuts.map((where) => [where, 0])) as RetryReport['cut'],
    calls: {},
    refusals: 0,
    revisions: 0,
    duplicates: [],
    lost: [],
    wrong: [],
  }
}

async function newPerson(url: string): Promise<Person> {
  const email = `${randomBytes(6).toString('hex')}@example.org`
  const password = randomBytes(12).toString('hex')
  const { user, token } = await signUp(url, { email, password })
  return { id: user.id, email, password, token, ledgers: [] }
}

async function openSession(owner: Owner, userId: string): Promise<string> {
  const [session] = await owner.rows<{ id: string }>(
    `insert into sessions (user_id, token_hash, expires_at) values ($1, $2, now() + interval '1 day') returning id`,
    [userId, randomBytes(32).toString('hex')],
  )
  return session?.id ?? ''
}

/** An erasure ends the very session that asked: whoever asks again, having heard nothing, is a stranger by then. */
async function eraseAndKeep(person: Person, url: string, direct: string, report: RetryReport): Promise<void> {
  const { email, password, token } = person
  const count = (procedure: string) => (report.calls[procedure] = (report.calls[procedure] ?? 0) + 1)
  try {
    await createClient({ url, token, retries: 10 }).account.erase.mutate({ password, confirm: email })
    count('account.erase')
  } catch (error) {
    const { reason } = errorOf(error)
    if (reason !== 'UNAUTHENTICATED') report.wrong.push(`account.erase: ${reason}`)
  }
  const again = await signIn(direct, { email, password })
  const client = createClient({ url, token: again.token, retries: 10 })
  if ((await client.account.me.query()).eraseAfter === null) report.lost.push(`the erasure of ${email}`)
  const { eraseAfter } = await client.account.keep.mutate({})
  count('account.keep')
  if (eraseAfter !== null) report.lost.push(`keeping ${email}`)
}

/** What was meant against what the database holds. */
async function compare({ id, email, ledgers }: Person, owner: Owner, report: RetryReport): Promise<void> {
  const sum = (figure: (ledger: Ledger) => number) =>
    ledgers.reduce((total, ledger) => total + figure(ledger), 0)
  const meant = new Map(ledgers.flatMap(({ tasks }) => [...tasks]))
  const tasks = await owner.rows<Content & { id: string }>(
    'select id, title, priority, completed from tasks where user_id = $1',
    [id],
  )
  const found = new Map(tasks.map((task) => [task.id, task]))
  for (const [taskId, content] of meant) {
    const { id: _id, ...there } = found.get(taskId) ?? { id: '' }
    if (!isDeepStrictEqual(there, content))
      report.lost.push(`${taskId}: ${JSON.stringify(content)}, found ${JSON.stringify(there)}`)
  }
  for (const task of tasks) {
    if (!meant.has(task.id)) report.duplicates.push(`task ${task.id}: "${task.title}"`)
  }

  const [log] = await owner.rows<
    Record<'revisions' | 'last' | 'made' | 'unmade' | 'organizers' | 'operations', number>
  >(
    `select (select count(*)::int from revisions where user_id = $1) as revisions,
       (select coalesce(max(revision), 0)::int from user_clocks where user_id = $1) as last,
       (select count(*)::int from changes where user_id = $1 and before is null) as made,
       (select count(*)::int from changes where user_id = $1 and after is null) as unmade,
       (select count(*)::int from (select user_id from lists union all select user_id from tags union all
          select user_id from views union all select user_id from comments) as organizers where user_id = $1) as organizers,
       (select count(*)::int from operations where user_id = $1 and procedure not in ('account.erase', 'account.keep'))
         as operations`,
    [id],
  )
  const calls = sum((ledger) => [...ledger.calls.values()].reduce((total, count) => total + count, 0))
  const counted: [what: string, found: number | undefined, meant: number][] = [
    ['revisions', log?.revisions, sum((ledger) => ledger.revisions)],
    ['as the last revision', log?.last, sum((ledger) => ledger.revisions)],
    ['lists, tags, views and comments', log?.organizers, 0],
    ['rows made in the log', log?.made, sum((ledger) => ledger.made)],
    ['rows deleted in the log', log?.unmade, sum((ledger) => ledger.unmade)],
    ['operations', log?.operations, calls],
  ]
  for (const [what, there = 0, wanted] of counted) {
    if (there > wanted) report.duplicates.push(`${email}: ${there} ${what}, meant were ${wanted}`)
    if (there < wanted) report.lost.push(`${email}: ${there} ${what}, meant were ${wanted}`)
  }
  for (const ledger of ledgers) {
    report.refusals += ledger.refusals
    report.revisions += ledger.revisions
    report.wrong.push(...ledger.wrong)
    for (const [procedure, count] of ledger.calls)
      report.calls[procedure] = (report.calls[procedure] ?? 0) + count
  }
}
