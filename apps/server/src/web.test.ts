import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { sendRaw, statusOf } from './raw.fixture.ts'
import { environment, test as base } from './server.fixture.ts'
import { startServer } from './start.ts'

const page = '<!doctype html><title>Ownlist</title><div id="root"></div>'
const secretFile = 'a file beside the web app'

const test = base
  .extend('webDir', { scope: 'file' }, async ({}, { onCleanup }) => {
    const home = mkdtempSync(join(tmpdir(), 'ownlist-web-'))
    const webDir = join(home, 'web')
    mkdirSync(join(webDir, 'assets'), { recursive: true })
    writeFileSync(join(webDir, 'index.html'), page)
    writeFileSync(join(webDir, 'favicon.svg'), '<svg/>')
    writeFileSync(join(webDir, 'assets/app-1a2b3c.js'), 'export {}')
    writeFileSync(join(home, 'secret.txt'), secretFile)
    onCleanup(() => rmSync(home, { recursive: true }))
    return webDir
  })
  .extend('site', { scope: 'file' }, async ({ database, webDir }, { onCleanup }) => {
    const site = await startServer(environment(database, { WEB_DIR: webDir }))
    onCleanup(() => site.close())
    return site.url
  })

test('every address that is no file is the app’s one page, always asked for anew', async ({ site }) => {
  for (const path of ['/', '/index.html', '/today', '/tasks/12', '/settings?x=1', '/a/b/c/d']) {
    const response = await fetch(site + path)
    expect([response.status, await response.text()], path).toEqual([200, page])
    expect(response.headers.get('content-type'), path).toMatch(/^text\/html/)
    expect(response.headers.get('cache-control'), path).toBe('no-cache')
  }
})

test('hashed files are kept for ever, others are not, and one that is missing is no page', async ({
  site,
}) => {
  const hashed = await fetch(`${site}/assets/app-1a2b3c.js`)
  expect([hashed.status, await hashed.text()]).toEqual([200, 'export {}'])
  expect(hashed.headers.get('content-type')).toMatch(/javascript/)
  expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  const icon = await fetch(`${site}/favicon.svg`)
  expect(icon.headers.get('cache-control')).toBe('no-cache')
  const missing = await fetch(`${site}/assets/app-old.js`)
  expect(missing.status).toBe(404)
  expect(await missing.text()).not.toContain('<title>')
  expect(missing.headers.get('cache-control') ?? '').not.toContain('immutable')
})

test('the page may run only our own scripts, in no frame', async ({ site, database, webDir }) => {
  const { headers } = await fetch(site)
  const policy = headers.get('content-security-policy') ?? ''
  for (const directive of [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ]) {
    expect(policy).toContain(directive)
  }
  expect(policy).not.toMatch(/unsafe|\*/)
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('same-origin')
  expect(headers.get('strict-transport-security')).toBeNull()
  const secure = await startServer(
    environment(database, { WEB_DIR: webDir, BASE_URL: 'https://tasks.example.org' }),
  )
  expect(secure.url).toBe('https://tasks.example.org')
  await secure.close()
})

test('no path leads out of the web app’s directory', async ({ site }) => {
  for (const path of [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/..\\..\\secret.txt',
    '/....//secret.txt',
    '/assets//../../secret.txt',
    '/%252e%252e/secret.txt',
    '//etc/passwd',
    '/%00',
    '/index.html%00.txt',
    '/assets/%c0%ae%c0%ae/secret.txt',
    '/assets/',
    '/assets',
    '/.env',
  ]) {
    const answer = await sendRaw(site, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect(statusOf(answer), path).toBeLessThan(500)
    expect(statusOf(answer), path).toBeGreaterThanOrEqual(200)
    expect(answer, path).not.toContain(secretFile)
    expect(answer, path).not.toContain('root:')
  }
})

test('the app’s page never answers for the interface', async ({ site }) => {
  for (const path of ['/api', '/api/', '/api/x', '/api/trpc', '/api/auth/nothing', '/api/v1/tasks']) {
    const response = await fetch(site + path)
    expect(response.status, path).toBe(404)
    expect(await response.text(), path).not.toContain('<title>')
  }
  expect((await fetch(site, { method: 'POST', body: 'x' })).status).toBe(404)
})
