import pg from 'pg'

/** A look past every protection at what is really there, and a hand for what no request may do. */
export interface Owner {
  rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  addUser(name: string): Promise<string>
  /** All rows of a table as text, to compare before and after. */
  contents(table: string): Promise<string[]>
  end(): Promise<void>
}

export async function openOwner(ownerUrl: string): Promise<Owner> {
  const client = new pg.Client({ connectionString: ownerUrl, pipeline: true })
  client.on('error', () => {})
  await client.connect()

  async function rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await client.query<Row>(text, values)).rows
  }

  return {
    rows,
    async addUser(name) {
      const [user] = await rows<{ id: string }>(
        'insert into users (email, name) values ($1, $2) returning id',
        [`${name.toLowerCase()}@example.org`, name],
      )
      if (!user) throw new Error(`${name} was not added`)
      return user.id
    },
    async contents(table) {
      const found = await rows<{ row: string }>(
        `select t::text as row from ${pg.escapeIdentifier(table)} t order by 1`,
      )
      return found.map(({ row }) => row)
    },
    end: () => client.end(),
  }
}
