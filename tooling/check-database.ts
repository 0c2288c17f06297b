import { main } from './db.ts'

// Are the table types those of the migrations? Asked of an empty database of its own, never of the one that
// DATABASE_URL names: that one may be behind, and checking changes nothing of anybody's.
process.exitCode = await main(['types', '--verify'], process.env)
