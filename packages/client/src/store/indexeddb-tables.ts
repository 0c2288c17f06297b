import { deleteDB, openDB, type IDBPDatabase, type IDBPTransaction } from 'idb'
import { upgradeFromFirst } from './first-version.ts'
import { tableNames, type TableAccess, type TableName, type Tables } from './ports.ts'

/** Tables in IndexedDB, one database for each name. */
export async function indexedDbTables(name: string, closed: () => void): Promise<Tables> {
  const database = await openDB(name, 2, {
    async upgrade(found, from, _to, transaction) {
      for (const table of tableNames)
        if (!found.objectStoreNames.contains(table)) found.createObjectStore(table)
      if (from === 1) await upgradeFromFirst(accessTo(transaction as never))
    },
    // Another tab deletes it, or brings a newer form of it: whoever stays in the way keeps that from happening.
    blocking() {
      database.close()
      closed()
    },
    terminated: closed,
  })

  return {
    async run(mode, work) {
      const transaction = database.transaction(
        [...tableNames],
        mode === 'readonly' ? mode : 'readwrite',
        // Strict: what was promised to be kept is on the disk, not in a buffer of the system.
        { durability: mode === 'readwrite' ? 'strict' : 'relaxed' },
      )
      try {
        const result = await work(accessTo(transaction))
        await transaction.done
        return result
      } catch (error) {
        const outcome = transaction.done.catch((reason: unknown) => reason)
        try {
          transaction.abort()
        } catch {
          // It is over already: its own failure is the reason.
        }
        await outcome
        throw transaction.error ?? error
      }
    },
    close: () => database.close(),
    async destroy() {
      await clear(database).catch(() => {})
      database.close()
      await remove(name)
    },
  }
}

/** The names of the databases that are there; none where the browser does not tell. */
export async function databaseNames(): Promise<string[]> {
  if (typeof indexedDB === 'undefined' || !('databases' in indexedDB)) return []
  const found = await indexedDB.databases()
  return found.map(({ name }) => name ?? '')
}

/** Deletes a database, at the latest when the last tab that holds it lets go. */
function remove(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    deleteDB(name, { blocked: () => resolve() }).then(resolve, reject)
  })
}

/** First of all the text goes, in one step: deleting may have to wait for other tabs. */
async function clear(database: IDBPDatabase): Promise<void> {
  const transaction = database.transaction([...tableNames], 'readwrite', { durability: 'strict' })
  await Promise.all([...tableNames.map((table) => transaction.objectStore(table).clear()), transaction.done])
}

type Mode = 'readonly' | 'readwrite'

function accessTo(transaction: IDBPTransaction<unknown, TableName[], Mode>): TableAccess {
  // What a single write says of its failure, the whole transaction says too.
  const ignore = () => {}
  const writing = (table: TableName) => {
    const store = transaction.objectStore(table)
    if (!store.put || !store.delete || !store.clear) throw new Error('a reading transaction cannot write')
    return { put: store.put.bind(store), delete: store.delete.bind(store), clear: store.clear.bind(store) }
  }
  return {
    get: (table, key) => transaction.objectStore(table).get(key),
    all: (table) => transaction.objectStore(table).getAll(),
    put: (table, key, record) => void writing(table).put(record, key).catch(ignore),
    remove: (table, key) => void writing(table).delete(key).catch(ignore),
    clear: (table) => void writing(table).clear().catch(ignore),
  }
}
