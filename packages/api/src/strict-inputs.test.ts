import { expect } from 'vitest'
import { z } from 'zod'
import { appRouter } from './router.ts'
import { test } from './testing.fixture.ts'

interface Procedure {
  _def: { type: string; inputs: unknown[] }
}

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>)

test('there are procedures to look at', () => {
  expect(procedures.length).toBeGreaterThanOrEqual(15)
})

test.for(procedures.map(([path]) => path))(
  '%s refuses a field it does not know',
  async (path, { signUp }) => {
    const { caller } = await signUp()
    await expect(call(caller, path, { nonsense: 1 })).rejects.toMatchObject({
      reason: 'BAD_INPUT',
    })
  },
)

test.for(procedures.map(([path]) => path))(
  '%s refuses anything that is no object of its own kind',
  async (path, { signUp }) => {
    const { caller } = await signUp()
    for (const input of [null, 0, '', 'text', true, [], [[]], [{}]]) {
      await expect(call(caller, path, input), JSON.stringify(input)).rejects.toMatchObject({
        reason: 'BAD_INPUT',
      })
    }
  },
)

test('every object in every input is strict, however deep it lies', () => {
  const loose = procedures.flatMap(([path, { _def }]) => {
    expect(_def.inputs, `${path} states no input`).toHaveLength(1)
    return looseObjects(z.toJSONSchema(_def.inputs[0] as z.ZodType, { io: 'input' })).map(
      (at) => `${path}${at}`,
    )
  })
  expect(loose).toEqual([])
})

test('an object that would take unknown fields is found', () => {
  const schema = z.strictObject({ due: z.union([z.string(), z.object({ day: z.string() })]) })
  expect(looseObjects(z.toJSONSchema(schema, { io: 'input' }))).toEqual(['.properties.due.anyOf.1'])
})

test('the names of unknown fields are told, and a thousand of them in a short message', async ({
  signUp,
}) => {
  const ada = await signUp()
  await expect(ada.tasks.create({ title: 'x', colour: 'red', user_id: 'y' } as never)).rejects.toMatchObject({
    issues: [{ path: '', message: 'Unknown field: colour, user_id.' }],
  })
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`${'k'.repeat(100)}${n}`, 1]))
  const error = await ada.tasks.create({ title: 'x', ...many }).catch((failure: unknown) => failure)
  expect(JSON.stringify((error as { issues: unknown }).issues).length).toBeLessThan(400)
})

test('__proto__ and constructor in an input are unknown fields like any other', async ({ signUp }) => {
  const ada = await signUp()
  for (const text of ['{"title":"x","__proto__":{"a":1}}', '{"title":"x","constructor":{"prototype":{}}}']) {
    await expect(ada.tasks.create(JSON.parse(text) as never)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  }
  expect(({} as { a?: number }).a).toBeUndefined()
})

function call(caller: object, path: string, input: unknown): Promise<unknown> {
  const [feature = '', name = ''] = path.split('.')
  const procedure = (caller as Record<string, Record<string, (input: unknown) => Promise<unknown>>>)[
    feature
  ]?.[name]
  if (!procedure) throw new Error(`there is no ${path}`)
  return procedure(input)
}

function looseObjects(schema: unknown, at = ''): string[] {
  if (schema === null || typeof schema !== 'object') return []
  const here =
    'type' in schema &&
    schema.type === 'object' &&
    !('additionalProperties' in schema && schema.additionalProperties === false)
  return [
    ...(here ? [at] : []),
    ...Object.entries(schema).flatMap(([key, value]) => looseObjects(value, `${at}.${key}`)),
  ]
}
