import { appRouter } from '@ownlist/api'
import { openRoutes } from '../../../../packages/auth/src/requests.ts'
import { proceduresOf, type Procedure } from '../procedures.fixture.ts'
import { operationPayloads, payloadsOf, providerId, type Loot, type Payload } from './payloads.fixture.ts'
import type { App } from './server.fixture.ts'

export interface Ask {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
}

/** A way in: what can be sent there, and what may be said of the answer. */
export interface Door {
  name: string
  /** Who may read through it, but change nothing: what a read-only token may ask. */
  reads: boolean
  /** Whether strangers are answered too. */
  open: boolean
  payloads: Payload[]
  ask(input: unknown): Ask
  /** Answers that cannot be the same twice, such as a file with its time in it: only their status is compared. */
  varies?: true
  /** Tables that anybody may move through it, such as those of a mail that anybody may ask for. */
  moves?: readonly string[]
}

/** One door for each procedure of the router. */
export function procedureDoors(loot: Loot, procedures: Procedure[] = proceduresOf(appRouter)): Door[] {
  return procedures.map(({ path, type, inputs }) => {
    const [schema] = inputs
    const payloads = inputs.length === 1 && schema ? payloadsOf(schema, loot) : []
    return {
      name: path,
      reads: type !== 'mutation' && !path.startsWith('account.'),
      open: false,
      payloads: type === 'mutation' ? [...payloads, ...operationPayloads(path, payloads, loot)] : payloads,
      ask: (input) =>
        type === 'subscription'
          ? { method: 'GET', path: `/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}` }
          : { method: 'POST', path: `/api/trpc/${path}`, body: input },
    }
  })
}

/** What anybody may cause who knows an address: a mail to it, and a note of a sign-in that was refused. */
const mails = ['email_tokens', 'verifications', 'security_events']
const moves: Record<string, readonly string[]> = {
  'sign-up/email': mails,
  'sign-in/email': ['security_events'],
  'send-verification-email': mails,
  'request-password-reset': mails,
}

/** One door for each route of identity. No other tells whether an address has an account. */
export function identityDoors(loot: Loot): Door[] {
  return [...openRoutes].map(([route, { input }]) => ({
    name: `auth ${route}`,
    reads: false,
    open: true,
    moves: moves[route] ?? [],
    payloads: payloadsOf(input, loot),
    ask: (body) => ({ method: 'POST', path: `/api/auth/${route}`, body }),
  }))
}

type Place = 'passes' | 'the procedures' | 'identity' | ((loot: Loot) => Omit<Door, 'name'>)

/**
 * Every route of the HTTP application, as Hono lists them, and how it is attacked. `passes`: it lets requests through to
 * others, or answers none by itself. A route that is not here fails the tests.
 */
const places: Record<string, Place> = {
  'ALL /*': 'passes',
  'ALL /api/*': 'passes',
  'ALL /api/auth/*': 'identity',
  'ALL /api/trpc/*': 'the procedures',
  'ALL /api/trpc/sync.changes': 'the procedures',
  'GET /health': () => page('/health'),
  'GET /ready': () => page('/ready'),
  'GET /api/account/export': ({ revisions }) => ({
    reads: true,
    open: false,
    varies: true,
    payloads: [
      { kind: 'other', input: '' },
      { kind: 'other', input: '?at=2026-11-21T09:00:00Z' },
      { kind: 'foreign revision', input: `?at=${revisions[0]}` },
    ],
    ask: (query) => ({ method: 'GET', path: `/api/account/export${String(query)}` }),
  }),
  'GET /api/erasures/:id': ({ ids }) => ({
    reads: true,
    open: true,
    payloads: ids.map((id) => ({ kind: 'foreign id', input: id })),
    ask: (id) => ({ method: 'GET', path: `/api/erasures/${String(id)}` }),
  }),
  'GET /assets/*': ({ ids }) => files('/assets', ids),
  'GET /*': ({ ids }) => files('', ids),
}

/** Routes without a place: nobody attacks what stands behind them. */
export function unplacedRoutes(app: App): string[] {
  return keysOf(app)
    .filter((key) => !(key in places))
    .map((key) => `route ${key} has no place`)
}

/** Places of routes that are no more. */
export function emptyPlaces(app: App): string[] {
  const keys = new Set(keysOf(app))
  return Object.keys(places).filter((key) => !keys.has(key))
}

export function allDoors(app: App, loot: Loot): Door[] {
  return [
    ...procedureDoors(loot),
    batchDoor(loot),
    ...identityDoors(loot),
    callbackDoor(loot),
    ...keysOf(app).flatMap((key) => {
      const place = places[key]
      return typeof place === 'function' ? [{ name: key, ...place(loot) }] : []
    }),
  ]
}

/** Where a provider sends browsers back to: the one route of identity that is a GET. */
function callbackDoor({ ids, codes }: Loot): Door {
  return {
    name: 'auth callback',
    reads: false,
    open: true,
    payloads: [...ids, ...codes].map((input) => ({ kind: 'foreign id', input })),
    ask: (value) => ({
      method: 'GET',
      path: `/api/auth/callback/${providerId}?code=${String(value)}&state=${String(value)}`,
    }),
  }
}

/** Several calls in one request. */
function batchDoor({ ids }: Loot): Door {
  return {
    name: 'a batch',
    reads: false,
    open: false,
    payloads: ids.map((id) => ({ kind: 'foreign id', input: { 0: { id }, 1: { id, title: 'Taken' } } })),
    ask: (body) => ({ method: 'POST', path: '/api/trpc/tasks.delete,tasks.update?batch=1', body }),
  }
}

function keysOf({ routes }: App): string[] {
  return [...new Set(routes.map(({ method, path }) => `${method} ${path}`))]
}

function page(path: string): Omit<Door, 'name'> {
  return {
    reads: true,
    open: true,
    payloads: [{ kind: 'other', input: {} }],
    ask: () => ({ method: 'GET', path }),
  }
}

function files(folder: string, ids: string[]): Omit<Door, 'name'> {
  const ways = ['..%2f..%2f..%2fetc/passwd', '%2e%2e/%2e%2e/package.json', 'index.html%00.js']
  return {
    reads: true,
    open: true,
    payloads: [
      ...ids.map((id) => ({ kind: 'foreign id' as const, input: id })),
      ...ways.map((way) => ({ kind: 'other' as const, input: way })),
    ],
    ask: (name) => ({ method: 'GET', path: `${folder}/${String(name)}` }),
  }
}
