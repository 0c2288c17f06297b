import type { Owner } from '../../../../packages/db/src/owner.fixture.ts'

/** Tables that hold nothing of anybody's. A table without user_id that is not here is a finding. */
const ofNobody = new Set(['migrations', 'migrations_lock', 'erasures', 'limits'])

/** Whose rows they are, where that does not stand in user_id. */
const belongs: Record<string, string> = {
  users: 'id = $1',
  // Whoever has the token of a session that is over may take its row away.
  sessions: 'user_id = $1 and expires_at > now()',
  verifications: `identifier like '%' || (select email from users where id = $1)`,
}

/** What reading may move: when something was used last, and that this was noted. */
const moving = `case when to_jsonb(t) ? 'last_used_at' then '{last_used_at,updated_at}'::text[] else '{}' end`

export interface Fingerprint {
  /** Hashes of the rows, by table. */
  take(userId: string): Promise<Map<string, string[]>>
  /** Tables that are nobody's by no line here, or in which the victim has nothing: they are not attacked at all. */
  unplaced(userId: string): Promise<string[]>
}

/** Reads the catalogue once, and then hashes every row that somebody has, in one statement. */
export async function fingerprint(owner: Owner): Promise<Fingerprint> {
  const tables = await owner.rows<{ name: string; owned: boolean }>(
    `select c.relname as name, exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped) as owned
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  )
  const placed = tables.flatMap(({ name, owned }) => {
    const condition = belongs[name] ?? (owned ? 'user_id = $1' : undefined)
    return condition === undefined ? [] : [{ name, condition }]
  })
  const text = placed
    .map(
      ({ name, condition }) => `select '${name}' as name, coalesce(array_agg(
         hashtextextended((to_jsonb(t) - ${moving})::text, 0)::text order by 1), '{}') as hashes
       from "${name}" t where ${condition}`,
    )
    .join(' union all ')

  async function take(userId: string) {
    const rows = await owner.rows<{ name: string; hashes: string[] }>(text, [userId])
    return new Map(rows.map(({ name, hashes }) => [name, hashes.toSorted()]))
  }
  return {
    take,
    async unplaced(userId) {
      const strange = tables.filter(
        ({ name, owned }) => !owned && !ofNobody.has(name) && belongs[name] === undefined,
      )
      return [
        ...strange.map(({ name }) => `table ${name} has no place: it has no user_id`),
        ...[...(await take(userId))]
          .filter(([, hashes]) => hashes.length === 0)
          .map(([name]) => `table ${name} has no place: the victim has no row in it`),
      ]
    },
  }
}

/** Rows that are gone, new or different, by table. */
export function changed(before: Map<string, string[]>, after: Map<string, string[]>): [string, number][] {
  return [...before].flatMap(([name, was]) => {
    const is = after.get(name) ?? []
    const count = was.filter((hash) => !is.includes(hash)).length + Math.max(0, is.length - was.length)
    return count > 0 ? [[name, count]] : []
  })
}
