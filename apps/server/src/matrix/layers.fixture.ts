import type { Database } from '@ownlist/db'

/** The walls between users: the statements' own conditions, and row-level security. A run may take one away. */
export const runs = ['as it is', 'without where clauses', 'without row-level security'] as const
export type Run = (typeof runs)[number]

type Statement = Parameters<Database['run']>[0]

/**
 * The same connections, but nothing that a statement of a user's says of whose rows they are holds any more: neither
 * `user_id = $1` nor `a.user_id = b.user_id`. What is left between users is row-level security. (The identity role has no
 * users to be bound to, so its statements stay as they are.)
 */
export function withoutWhereClauses(
  database: Database,
  tell: (before: string, after: string) => void = () => {},
): Database {
  const changed = (statement: Statement): Statement => {
    const text = withoutOwner(statement.text)
    tell(statement.text, text)
    // Another role may have prepared the whole statement on this connection, under its name.
    const name = statement.name && `${statement.name}_bare`
    return { ...statement, text, name }
  }
  return {
    ...database,
    run: (statement, role, userId) =>
      database.run(role === 'ownlist_app' ? changed(statement) : statement, role, userId),
    async begin(settings, role, userId, origin) {
      const transaction = await database.begin(settings, role, userId, origin)
      if (role !== 'ownlist_app') return transaction
      return { ...transaction, run: (statement) => transaction.run(changed(statement)) }
    },
  }
}

const column = String.raw`(?:(?:"\w+"|\w+)\s*\.\s*)?"?\buser_id\b"?`
const parameter = String.raw`(\$\d+)(?:::uuid)?`
const bound = new RegExp(`${column}\\s*=\\s*${parameter}|${parameter}\\s*=\\s*${column}`, 'g')
const joined = new RegExp(`${column}\\s*=\\s*${column}`, 'g')

/** A parameter has to stay somewhere, or PostgreSQL would not know its type. */
export function withoutOwner(text: string): string {
  return text
    .replace(bound, (_, right?: string, left?: string) => `(${right ?? left}::uuid is not null)`)
    .replace(joined, 'true')
}

/** For the owner to run: row-level security off, on every table there is. */
export const disableRowSecurity = `
  do $$ declare name text; begin
    for name in select oid::regclass::text from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity
    loop execute 'alter table ' || name || ' disable row level security'; end loop;
  end $$`

/** Tells of every statement that PostgreSQL could not read or take for what it says (SQLSTATE classes 22 and 42). */
export function failingStatements(database: Database, tell: (error: string) => void): Database {
  const watched = async <T>(running: Promise<T>): Promise<T> => {
    try {
      return await running
    } catch (error) {
      if (error instanceof Error && 'code' in error && /^(22|42)/.test(String(error.code)))
        tell(`${String(error.code)} ${error.message}`)
      throw error
    }
  }
  return {
    ...database,
    run: (...given) => watched(database.run(...given)),
    async begin(...given) {
      const transaction = await database.begin(...given)
      return { ...transaction, run: (statement) => watched(transaction.run(statement)) }
    },
  }
}
