import { startPostgres } from './index.ts'

// A launcher in a process of its own, for tests that start two or kill one: node run.fixture.ts <dataDir>
try {
  const postgres = await startPostgres({
    dataDir: process.argv[2] ?? '',
    durable: process.argv[3] !== 'fast',
  })
  await postgres.announce('http://localhost:4321')
  process.once('SIGTERM', () => void postgres.stop())
  process.stdout.write(`${JSON.stringify({ url: postgres.url, pid: postgres.pid, port: postgres.port })}\n`)
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`)
}
