import { expect } from 'vitest'
import { failure, test } from './client.fixture.ts'
import { createClient } from './client.ts'
import { startDeviceLogin, waitForDeviceLogin, type DeviceLogin } from './device.ts'

const login: DeviceLogin = {
  userCode: 'ABCD-2345',
  verificationUri: 'https://tasks.example.org/device',
  verificationUriComplete: 'https://tasks.example.org/device#code=ABCD-2345',
  deviceCode: 'secret',
  expiresAt: 900_000,
  interval: 5_000,
}

/** A server that gives these answers, one after the other, and a clock that only waiting moves. */
function scripted(...answers: (object | number | Error)[]) {
  let time = 0
  const waited: number[] = []
  return {
    waited,
    options: {
      now: () => time,
      wait: async (milliseconds: number) => {
        waited.push(milliseconds)
        time += milliseconds
      },
      fetch: async () => {
        const answer = answers.shift() ?? { error: 'authorization_pending' }
        if (answer instanceof Error) throw answer
        if (typeof answer === 'number') return new Response('{}', { status: answer })
        return Response.json(answer, { status: 'access_token' in answer ? 200 : 400 })
      },
    },
  }
}

test('a device shows a code, its user approves in a browser, and the device is signed in', async ({
  url,
  token,
}) => {
  const started = await startDeviceLogin(url)
  expect(started).toMatchObject({
    userCode: expect.stringMatching(/^\w{4}-\w{4}$/),
    verificationUri: `${url}/device`,
    verificationUriComplete: `${url}/device#code=${started.userCode}`,
    interval: 5_000,
  })
  for (const route of ['device', 'device/approve']) {
    const response = await fetch(`${url}/api/auth/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ userCode: started.userCode }),
    })
    expect(response.status).toBe(200)
  }
  const signedIn = await waitForDeviceLogin(url, started, { wait: async () => {} })
  const [here, there] = [token, signedIn.token].map((one) => createClient({ url, token: one }))
  expect(await there?.account.me.query()).toEqual(await here?.account.me.query())
  expect(signedIn.token).not.toBe(token)
})

test('waiting asks every five seconds, slower when told so, and goes on through what passes', async () => {
  const pending = { error: 'authorization_pending' }
  const { waited, options } = scripted(
    pending,
    { error: 'slow_down' },
    pending,
    new TypeError('fetch failed'),
    503,
    429,
    new TypeError('fetch failed'),
    pending,
    { access_token: 'signed.in' },
  )
  expect(await waitForDeviceLogin('http://localhost', login, options)).toEqual({ token: 'signed.in' })
  expect(waited).toEqual([5_000, 5_000, 10_000, 10_000, 20_000, 40_000, 60_000, 60_000, 10_000])
})

test('what ends the waiting says why', async () => {
  const outcome = (options: Parameters<typeof waitForDeviceLogin>[2]) =>
    failure(waitForDeviceLogin('http://localhost', login, options))
  expect(await outcome(scripted({ error: 'access_denied' }).options)).toMatchObject({
    reason: 'DEVICE_DENIED',
  })
  expect(await outcome(scripted({ error: 'expired_token' }).options)).toMatchObject({
    reason: 'DEVICE_EXPIRED',
  })
  expect(await outcome(scripted({ error: 'invalid_grant', message: 'No.' }).options)).toMatchObject({
    reason: 'BAD_INPUT',
    message: 'No.',
  })
  // Nobody ever answers: it ends with the code, and not before.
  const { waited, options } = scripted()
  expect(await outcome(options)).toMatchObject({ reason: 'DEVICE_EXPIRED' })
  expect(waited).toHaveLength(180)
  expect(await outcome({ ...scripted().options, signal: AbortSignal.abort() })).toMatchObject({
    reason: 'CANCELLED',
  })
  const ending = new AbortController()
  const cancelled = outcome({ fetch: scripted().options.fetch, signal: ending.signal, now: () => 0 })
  ending.abort()
  expect(await cancelled).toMatchObject({ reason: 'CANCELLED' })
})
