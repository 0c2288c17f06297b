import { databaseNames } from './indexeddb-tables.ts'
import type { OpenTables } from './ports.ts'
import { recordsIn } from './records.ts'

/**
 * What other users' sessions have left in this browser goes when somebody signs in. Those who signed out have left
 * nothing; where a session ended by itself, what was never sent stays, unseen, until its user signs in again.
 */
export async function forgetOthers(prefix: string, own: string, open: OpenTables): Promise<void> {
  const names = await databaseNames()
  for (const name of names) {
    if (!name.startsWith(prefix) || name === own) continue
    const records = recordsIn(await open(name, () => {}))
    if (await records.keepUnsent()) records.close()
    else await records.destroy()
  }
}
