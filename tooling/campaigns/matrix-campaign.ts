import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attackers } from '../../apps/server/src/matrix/attackers.fixture.ts'
import { allDoors } from '../../apps/server/src/matrix/doors.fixture.ts'
import type { Run } from '../../apps/server/src/matrix/layers.fixture.ts'
import { runMatrix, type Extent, type Report } from '../../apps/server/src/matrix/matrix.fixture.ts'
import { timings, type Timing } from '../../apps/server/src/matrix/timing.fixture.ts'
import { openWorld, type OpenWorld } from '../../apps/server/src/matrix/world.fixture.ts'
import { migrate } from '../../packages/db/src/index.ts'
import { openOwner } from '../../packages/db/src/owner.fixture.ts'
import { startPostgres } from '../postgres/src/index.ts'

export interface MatrixCampaign {
  /** Opens a world on a fresh database, and does something in it. */
  within<T>(
    takenAway: readonly Run[],
    work: (opened: OpenWorld) => Promise<T>,
    options?: Parameters<typeof openWorld>[2],
  ): Promise<T>
  end(): Promise<void>
}

/** A PostgreSQL of the campaign's own; each world in it has a database of its own. */
export async function openCampaign(): Promise<MatrixCampaign> {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-matrix-'))
  // Root's PostgreSQL runs as another user, which has to reach its data.
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
  const named = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href
  let worlds = 0
  return {
    async within(takenAway, work, options) {
      const name = `matrix_${++worlds}`
      const admin = await openOwner(postgres.url)
      await admin.rows(`create database ${name}`)
      await admin.end()
      const ownerUrl = named(postgres.url, name)
      await migrate({ url: ownerUrl, login: new URL(postgres.serverUrl).username })
      const url = named(postgres.serverUrl, name)
      const opened = await openWorld({ url, ownerUrl }, takenAway, options)
      try {
        return await work(opened)
      } finally {
        await opened.close()
      }
    },
    async end() {
      await postgres.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** The doors whose names begin so; all of them where nothing is said. */
export function attackDoors({ world, server }: OpenWorld, extent: Extent, only = ''): Promise<Report> {
  const doors = allDoors(server.app, world.victim.loot).filter(({ name }) => name.startsWith(only))
  return runMatrix(world, doors, attackers, extent)
}

export function timeDoors(opened: OpenWorld, samples: number, only = ''): Promise<Timing[]> {
  const doors = allDoors(opened.server.app, opened.world.victim.loot)
  return timings(
    opened.world,
    doors.filter(({ name }) => name.startsWith(only)),
    samples,
  )
}
