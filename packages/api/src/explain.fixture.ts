import type { Database } from '@ownlist/db'
import type { Owner } from '../../db/src/owner.fixture.ts'

// What PostgreSQL does for a query, asked of the statements that it really sends.

export interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Plan[]
}

export interface Statement {
  text: string
  values: readonly unknown[]
}

/** The database, and every single statement that is sent to it from now on. */
export function listenTo(database: Database, sent: Statement[]): Database {
  return {
    ...database,
    run(statement, role, userId) {
      sent.push(statement)
      return database.run(statement, role, userId)
    },
  }
}

/**
 * The plans of these statements as the user's role would run them: the generic ones that prepared statements
 * end up with, and those for their values.
 */
export async function plansOf(owner: Owner, userId: string, statements: Statement[]): Promise<Plan[]> {
  const plans: Plan[] = []
  for (const statement of statements) {
    for (const mode of ['force_generic_plan', 'force_custom_plan']) {
      plans.push(await explain(owner, userId, statement, mode))
    }
  }
  return plans
}

export function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

async function explain(
  owner: Owner,
  userId: string,
  { text, values }: Statement,
  mode: string,
): Promise<Plan> {
  await owner.rows('begin')
  try {
    await owner.rows(`prepare probe as ${text}`)
    await owner.rows(`select set_config('plan_cache_mode', '${mode}', true), set_config('role', 'ownlist_app', true),
      set_config('app.user_id', '${userId}', true)`)
    const given = values.length > 0 ? `(${values.map(literal).join(', ')})` : ''
    const [row] = await owner.rows<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `explain (analyze, buffers, timing off, format json) execute probe${given}`,
    )
    const plan = row?.['QUERY PLAN'][0]?.Plan
    if (!plan) throw new Error('no plan')
    return plan
  } finally {
    await owner.rows('rollback')
    await owner.rows('deallocate probe')
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return literal(`{${value.map((one) => JSON.stringify(one)).join(',')}}`)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') throw new TypeError('a value of a kind that no statement sends')
  return `'${value.replaceAll("'", "''")}'`
}
