import { createClient, type Inputs, type Ownlist, type Outputs } from '@ownlist/client'
import { expect, expectTypeOf, test } from 'vitest'

// Nothing here is run: `tsc -b` checks it, and an @ts-expect-error without an error is one.
export function mistakes(ownlist: Ownlist) {
  return [
    // @ts-expect-error there is no such procedure
    () => ownlist.tasks.purge.mutate({ id: 'x' }),
    // @ts-expect-error there is no such feature
    () => ownlist.projects.list.query(),
    // @ts-expect-error a query is not a mutation
    () => ownlist.tasks.list.mutate({}),
    // @ts-expect-error a mutation is not a query
    () => ownlist.tasks.create.query({ title: 'x' }),
    // @ts-expect-error a title is missing
    () => ownlist.tasks.create.mutate({}),
    // @ts-expect-error the field is called title
    () => ownlist.tasks.create.mutate({ title: 'x', name: 'x' }),
    // @ts-expect-error no such priority
    () => ownlist.tasks.create.mutate({ title: 'x', priority: 'urgent' }),
    // @ts-expect-error a day is given as { date }
    () => ownlist.tasks.create.mutate({ title: 'x', due: '2026-11-22' }),
    // @ts-expect-error an instant needs its zone
    () => ownlist.tasks.create.mutate({ title: 'x', due: { dateTime: '2026-11-22T09:00:00Z' } }),
    // @ts-expect-error nobody says whose task it is
    () => ownlist.tasks.list.query({ userId: 'x' }),
    // @ts-expect-error no such sort
    () => ownlist.tasks.list.query({ sort: 'colour' }),
    // @ts-expect-error an id or a number, not both wrong
    () => ownlist.tasks.get.query({ key: 1 }),
    // @ts-expect-error the answer has no such field
    async () => (await ownlist.tasks.get.query({ id: 'x' })).dueDate,
    // @ts-expect-error a list is a page with items
    async () => (await ownlist.tasks.list.query({})).map((task) => task),
    // @ts-expect-error completed is yes or no
    async () => (await ownlist.tasks.get.query({ number: 1 })).completed.toUpperCase(),
    // @ts-expect-error whose account it is, is not for the client to say
    () => ownlist.account.update.mutate({ email: 'x@example.org' }),
  ]
}

test('the client’s types are the server’s own', () => {
  expectTypeOf<Outputs['tasks']['get']>().toHaveProperty('title').toEqualTypeOf<string>()
  expectTypeOf<Outputs['tasks']['get']['priority']>().toEqualTypeOf<'low' | 'medium' | 'high' | null>()
  expectTypeOf<Outputs['tasks']['get']['due']>().toEqualTypeOf<
    { date: string } | { dateTime: string; timeZone: string } | null
  >()
  expectTypeOf<Outputs['tasks']['delete']>().toEqualTypeOf<{ deleted: boolean }>()
  expectTypeOf<Inputs['tasks']['create']>().toHaveProperty('title').toEqualTypeOf<string>()
  expectTypeOf<Inputs['tasks']['get']>().toEqualTypeOf<{ id: string } | { number: number }>()
  expect(mistakes(createClient({ url: 'http://localhost' }))).toHaveLength(16)
})
