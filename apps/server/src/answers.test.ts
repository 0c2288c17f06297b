import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { environment, test as base } from './server.fixture.ts'
import { startServer } from './start.ts'

const page = '<!doctype html><meta charset="utf-8"><title>Ownlist</title>'

const test = base.extend('site', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-answers-'))
  const webDir = join(home, 'web')
  for (const folder of ['web/assets', 'web/.git', '.git']) mkdirSync(join(home, folder), { recursive: true })
  writeFileSync(join(webDir, 'index.html'), page)
  writeFileSync(join(webDir, 'assets/app-1a2b3c.js'), 'export {}')
  writeFileSync(join(home, '.git/config'), '[core]')
  const site = await startServer(environment(database, { WEB_DIR: webDir }))
  onCleanup(async () => {
    await site.close()
    rmSync(home, { recursive: true })
  })
  return site.url
})

test('every answer says of what type it is, and that nobody shall guess another', async ({ site }) => {
  const html = /^text\/html; ?charset=utf-8$/i
  const json = /^application\/json\b/
  for (const [path, type, init] of [
    ['/', html],
    ['/a/place/in/the/app', html],
    ['/assets/app-1a2b3c.js', /^text\/javascript; ?charset=utf-8$/i],
    ['/health', json],
    ['/ready', json],
    ['/api/nothing', json],
    ['/api/trpc/tasks.list', json],
    ['/api/trpc/nothing.there', json],
    [
      '/api/auth/nothing',
      json,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    ],
    ['/api/account/export', json],
    ['/api/trpc/tasks.create', json, { method: 'POST', body: 'text' }],
  ] satisfies [path: string, type: RegExp, init?: RequestInit][]) {
    const { headers } = await fetch(site + path, init)
    expect(headers.get('content-type'), path).toMatch(type)
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
  }
})

test('no folder is listed, and nothing is served that is for developers only', async ({ site }) => {
  for (const path of ['/assets/', '/assets', '/assets/../', '/assets/%2e/']) {
    expect(await (await fetch(site + path)).text(), path).not.toContain('app-1a2b3c')
  }
  for (const path of [
    '/.git/config',
    '/../.git/config',
    '/.env',
    '/package.json',
    '/metrics',
    '/openapi.json',
    '/api/docs',
    '/api/panel',
    '/server-status',
    '/debug/pprof',
    '/dev/mail',
  ]) {
    const response = await fetch(site + path, { headers: { accept: '*/*' } })
    const text = await response.text()
    // The app's one page stands for every address that is nothing else.
    expect([404, 200], path).toContain(response.status)
    if (response.status === 200) expect(text, path).toBe(page)
    expect(text, path).not.toContain('[core]')
  }
})

test('what is asked comes from the body: the same name in the address is not read', async ({
  openSession,
  request,
}) => {
  const { authorization } = await openSession()
  const inAddress = encodeURIComponent('{"title":"from the address"}')
  const made = await request(`/api/trpc/tasks.create?input=${inAddress}&input=${inAddress}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"title":"from the body"}',
  })
  expect(made.status).toBe(200)
  const listed = await request('/api/trpc/tasks.list', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(listed.body.result?.data['items']).toMatchObject([{ title: 'from the body' }])
})
