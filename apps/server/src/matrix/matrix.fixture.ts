import { randomInt, randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import type { Attacker, World } from './attackers.fixture.ts'
import type { Door } from './doors.fixture.ts'
import { changed, fingerprint } from './fingerprint.fixture.ts'
import { kinds, replaced, sample, type Kind, type Loot, type Payload } from './payloads.fixture.ts'
import { createScanner } from './scan.fixture.ts'
import { comparable, send, type Received } from './wire.fixture.ts'

export interface Report {
  doors: number
  attempts: number
  bytes: number
  canaryBytes: number
  rowsChanged: number
  /** Attempts by attacker, then by what they sent. */
  byAttacker: Record<string, Partial<Record<Kind, number>>>
  findings: string[]
}

export interface Extent {
  /** Payloads of each kind, for each door and attacker. */
  ofEachKind: number
  /** Which of the payloads, where not all are sent. */
  turn: number
  /** Whether the victim's rows are hashed after every attempt, or after each door and attacker. */
  hashEach: boolean
}

/**
 * Every door × every attacker × every kind of payload. Tells of each canary that came back, each row of the victim that
 * changed, each stranger who was not refused, and each difference between "not yours" and "not there".
 */
export async function runMatrix(
  world: World,
  doors: Door[],
  attackers: Attacker[],
  { ofEachKind, turn, hashEach }: Extent,
): Promise<Report> {
  const { victim } = world
  const report: Report = {
    doors: doors.length,
    attempts: 0,
    bytes: 0,
    canaryBytes: 0,
    rowsChanged: 0,
    byAttacker: {},
    findings: [],
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const prints = await fingerprint(world.owner)
  const standing = new Map<string, Record<string, string>>()
  for (const who of attackers) {
    if (who.kind !== 'foreign') standing.set(who.name, await who.enter(world))
  }
  // Only now are all canaries planted.
  const { ids, codes } = victim.loot
  const shown = codes.map((code) => `${code.slice(0, 4)}-${code.slice(4)}`)
  const secrets = [victim.token, ...ids, ...codes, ...shown, userHandle(victim.userId)]
  const scanner = createScanner([...victim.canaries, ...world.others], secrets)
  report.findings.push(...(await prints.unplaced(victim.userId)))
  let before = await prints.take(victim.userId)

  async function hash(what: string, { moves = [] }: Door) {
    const after = await prints.take(victim.userId)
    for (const [table, rows] of changed(before, after)) {
      if (moves.includes(table)) continue
      report.rowsChanged += rows
      report.findings.push(`${what}: ${rows} rows of ${table} changed`)
    }
    before = after
  }

  async function attempt(who: Attacker, door: Door, payload: Payload, credentials: Record<string, string>) {
    const answer = await send(agent, world.url, door.ask(payload.input), credentials)
    report.attempts++
    const counts = (report.byAttacker[who.name] ??= {})
    counts[payload.kind] = (counts[payload.kind] ?? 0) + 1
    // What somebody sends may come back; the victim's ids that were not even asked for may not.
    const sent = JSON.stringify(payload.input)
    for (const canary of scanner.found(answer.bytes)) {
      if (sent.toLowerCase().includes(canary.toLowerCase())) continue
      report.canaryBytes += canary.length
      report.findings.push(`${nameOf(who, door, payload)}: saw ${canary}`)
    }
    if (answer.status >= 500)
      report.findings.push(`${nameOf(who, door, payload)}: ${answer.status} ${answer.body}`)
    if (hashEach) await hash(nameOf(who, door, payload), door)
    return answer
  }

  for (const [at, door] of doors.entries()) {
    if (door.payloads.length === 0) report.findings.push(`${door.name}: no input could be made for it`)
    const payloads = sample(door.payloads, ofEachKind, turn + at)
    for (const who of attackers) {
      const judge = who.kind === 'refused' && !door.open ? refusedAlike : indistinguishable
      if (who.kind === 'reader' && door.reads) continue
      await judge(who, door, payloads)
      if (!hashEach) await hash(`${door.name} by ${who.name}`, door)
    }
  }
  agent.destroy()
  report.bytes = scanner.scanned
  return report

  /** Strangers learn that they are strangers, whatever they send. */
  async function refusedAlike(who: Attacker, door: Door, payloads: Payload[]) {
    let first: string | undefined
    for (const payload of payloads) {
      const answer = await attempt(who, door, payload, standing.get(who.name) ?? {})
      const text = comparable(answer, new Map())
      first ??= text
      if (!wasRefused(answer))
        report.findings.push(`${nameOf(who, door, payload)}: was not refused: ${answer.status}`)
      else if (text !== first)
        report.findings.push(`${nameOf(who, door, payload)}: refused in other words: ${text}`)
    }
  }

  /** What is the victim's is, to everybody else, what never was. */
  async function indistinguishable(who: Attacker, door: Door, payloads: Payload[]) {
    const unknown = unknownOf(victim.loot)
    const own = standing.get(who.name)
    const [eve, mallory] = [own ?? (await who.enter(world)), own ?? (await who.enter(world))]
    for (const payload of payloads) {
      const foreign = await attempt(who, door, payload, eve)
      if (who.kind === 'reader') {
        if (foreign.status < 400 && !alwaysRefusedIn(foreign))
          report.findings.push(`${nameOf(who, door, payload)}: was not refused: ${foreign.status}`)
        continue
      }
      const input = replaced(payload.input, unknown)
      const never = await attempt(who, door, { ...payload, input }, mallory)
      const [a, b] = [comparable(foreign, unknown), comparable(never, unknown)]
      if (door.varies ? foreign.status !== never.status : a !== b)
        report.findings.push(`${nameOf(who, door, payload)}: not as for what never was:\n${a}\n${b}`)
    }
  }
}

/** What codes of devices are made of. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** For each thing of the victim's, one of the same kind that nobody has. */
export function unknownOf({
  ids,
  numbers,
  revisions,
  cursors,
  emails,
  codes,
  operations,
}: Loot): Map<unknown, unknown> {
  const unknown = new Map<unknown, unknown>([
    ...[...ids, ...operations.map(({ opId }) => opId)].map((id) => [id, randomUUID()] as const),
    ...[...numbers, ...revisions].map((number) => [number, number + 1_000_000] as const),
    ...revisions.map((number) => [String(number), String(number + 1_000_000)] as const),
    ...codes.map(
      (code) => [code, Array.from(code, () => letters[randomInt(letters.length)]).join('')] as const,
    ),
    ...emails.map(
      (email) => [email, `nobody${randomUUID().replaceAll('-', '').slice(8)}${email.slice(30)}`] as const,
    ),
  ])
  // Operations carry names of lists and tags: their words stay, their ids do not.
  for (const cursor of cursors) {
    const text = Buffer.from(cursor, 'base64url').toString()
    let other = text
    for (const [from, to] of unknown) if (typeof from === 'string') other = other.replaceAll(from, String(to))
    unknown.set(cursor, Buffer.from(other).toString('base64url'))
  }
  return unknown
}

/** What passkeys call somebody. */
function userHandle(userId: string): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url')
}

function wasRefused({ status, body }: Received): boolean {
  return status === 401 || status === 403 || (status === 200 && body.includes('"UNAUTHENTICATED"'))
}

/** A batch has a status of its own for each call. */
function alwaysRefusedIn({ status, body }: Received): boolean {
  return status === 207 && body.includes('"error"')
}

function nameOf({ name }: Attacker, door: Door, { kind, input }: Payload): string {
  return `${door.name} by ${name} (${kind}) ${JSON.stringify(input).slice(0, 300)}`
}

export function summary(what: string, report: Report): string {
  const { doors, attempts, bytes, canaryBytes, rowsChanged, findings } = report
  return `${what}: ${doors} doors, ${attempts} attempts, ${bytes} bytes scanned, ${canaryBytes} canary bytes found, ${rowsChanged} rows changed, ${findings.length} findings`
}

/** Kinds of payload that reached nobody: then the matrix has a hole. */
export function untried({ byAttacker }: Report, name: string): Kind[] {
  return kinds.filter((kind) => !byAttacker[name]?.[kind])
}
