import { config } from 'zod'

// Zod compiles its checks by `new Function`, which the content security policy forbids. Imported before any schema.
config({ jitless: true })
