import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'
import { entities, entityNames, type Entity } from './entities.ts'

// An entity that somebody adds is logged by its triggers, and unknown here until it has its entry.

test('every table that is logged is registered with the columns that are', async ({ database }) => {
  const logged = await database.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     join pg_trigger t on t.tgrelid = c.oid and t.tgfoid = 'log_changes'::regproc and t.tgtype & 4 > 0 -- on insert
     -- The first argument is the list of derived columns.
     where a.attname <> all ('{user_id,id,revision,updated_at}')
       and a.attname <> all (rtrim(split_part(encode(t.tgargs, 'escape'), '\\000', 1))::text[])
     group by c.oid, c.relname`,
  )
  expect(logged).not.toEqual([])
  expect(Object.fromEntries(logged.map(({ name, columns }) => [name, columns.toSorted()]))).toEqual(
    Object.fromEntries(entityNames.map((name) => [name, entities[name].columns.toSorted()])),
  )
})

test('what an entry says of columns, it says of its own', () => {
  for (const name of entityNames) {
    const { columns, fixed, together, title }: Entity<object> = entities[name]
    expect(columns).toEqual(expect.arrayContaining([...fixed, ...together.flat(), title]))
    // A column of two groups would belong to neither.
    expect(new Set(together.flat()).size).toBe(together.flat().length)
  }
})

test('columns that the log keeps together are set back together', async ({ database }) => {
  const [row] = await database.query<{ fields: object }>(
    `select changed_fields('{"due_date": 1, "due_all_day": 2, "due_time_zone": 3, "title": 4}',
       '{"due_date": 1, "due_all_day": 0, "due_time_zone": 3, "title": 4}') as fields`,
  )
  expect(row?.fields).toEqual({ due_date: 1, due_all_day: 2, due_time_zone: 3 })
  expect(entities.tasks.together).toContainEqual(Object.keys(row?.fields ?? {}))
})
