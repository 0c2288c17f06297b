import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Plain JavaScript, loaded before anything else (`node --import`): what Node compiles and the types it strips are
// kept, so that a later start needs neither the time nor the 25 MB of the type stripper.
enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node'))
