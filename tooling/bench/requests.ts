import { password, type Person } from './database.ts'

export interface HttpRequest {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

/** A person's requests, in the form that packages/client sends them: a batch, by POST. */
export interface Caller {
  person: Person
  call(procedure: string, input: object): HttpRequest
  /** The same as a plain GET, for whom the client is not written in TypeScript. */
  ask(procedure: string, input: object): HttpRequest
}

export async function signIn(url: string, person: Person): Promise<Caller> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: person.email, password }),
  })
  const token = response.headers.get('set-auth-token')
  if (token === null) throw new Error(`sign-in failed: ${response.status} ${await response.text()}`)
  const authorization = `Bearer ${token}`
  return {
    person,
    call: (procedure, input) => ({
      method: 'POST',
      path: `/api/trpc/${procedure}?batch=1`,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ 0: input }),
    }),
    ask: (procedure, input) => ({
      method: 'GET',
      path: `/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`,
      headers: { authorization },
    }),
  }
}
