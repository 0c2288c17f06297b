import { tableNames, type TableAccess, type TableKey, type Tables } from './ports.ts'

/** Tables that last as long as the process: for programs, and browsers that keep nothing. */
export async function memoryTables(): Promise<Tables> {
  const tables = new Map<string, Map<TableKey, unknown>>(tableNames.map((name) => [name, new Map()]))
  let last: Promise<unknown> = Promise.resolve()

  function accessTo(changes: (() => void)[]): TableAccess {
    const table = (name: string) => tables.get(name) ?? new Map<TableKey, unknown>()
    return {
      get: async (name, key) => structuredClone(table(name).get(key)) as never,
      async all(name) {
        const entries = [...table(name)].toSorted(([a], [b]) => (a < b ? -1 : 1))
        return structuredClone(entries.map(([, record]) => record)) as never
      },
      put(name, key, record) {
        const copy = structuredClone(record)
        changes.push(() => table(name).set(key, copy))
      },
      remove: (name, key) => void changes.push(() => table(name).delete(key)),
      clear: (name) => void changes.push(() => table(name).clear()),
    }
  }

  return {
    run(_mode, work) {
      const changes: (() => void)[] = []
      const done = last.then(async () => {
        const result = await work(accessTo(changes))
        // Nothing is changed by what fails; reads of a transaction come before its writes.
        for (const change of changes) change()
        return result
      })
      last = done.catch(() => {})
      return done
    },
    close() {},
    async destroy() {
      for (const table of tables.values()) table.clear()
    },
  }
}
