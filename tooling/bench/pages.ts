import type { BenchDatabase } from './database.ts'
import { signIn } from './requests.ts'
import { startOwnlist } from './servers.ts'
import { median, ms, table } from './statistics.ts'
import { timedRequests } from './timed-requests.ts'

export interface PageDepth {
  sort: string
  order: string
  /** Medians, in milliseconds. */
  first: number
  thousandth: number
  ratio: number
}

const sorts = ['created_at', 'updated_at', 'title', 'priority', 'due_date', 'position', 'number']

/** What page 1,000 costs against page 1, fifty tasks each, for the user with 100,000: by turns, one at a time. */
export async function pageDepth(database: BenchDatabase, samples: number): Promise<PageDepth[]> {
  const [, person] = database.people
  if (!person) throw new Error('the seed has no second user')
  const server = await startOwnlist(database)
  const requests = timedRequests(server.url, 1)
  try {
    const caller = await signIn(server.url, person)
    const page = async (input: object) => {
      const started = performance.now()
      const text = await requests.run(caller.ask('tasks.list', input))
      return { took: performance.now() - started, text }
    }
    const results: PageDepth[] = []
    for (const sort of sorts) {
      for (const order of ['asc', 'desc']) {
        // 999 pages of 50, in larger steps.
        let cursor: string | undefined
        for (const limit of [...Array.from({ length: 99 }, () => 500), 450]) {
          const { text } = await page({ sort, order, limit, ...(cursor !== undefined && { cursor }) })
          cursor = (JSON.parse(text) as { result: { data: { nextCursor: string } } }).result.data.nextCursor
        }
        const first: number[] = []
        const thousandth: number[] = []
        for (let sample = 0; sample < samples; sample++) {
          first.push((await page({ sort, order, limit: 50 })).took)
          thousandth.push((await page({ sort, order, limit: 50, cursor })).took)
        }
        const [one, many] = [median(first), median(thousandth)]
        results.push({ sort, order, first: one, thousandth: many, ratio: many / one })
      }
    }
    return results
  } finally {
    requests.close()
    await server.stop()
  }
}

export function pageDepthTable(results: PageDepth[]): string {
  return table([
    ['median ms', 'order', 'page 1', 'page 1,000', 'ratio'],
    ...results.map(({ sort, order, first, thousandth, ratio }) => [
      sort,
      order,
      ms(first),
      ms(thousandth),
      ratio.toFixed(2),
    ]),
  ])
}
