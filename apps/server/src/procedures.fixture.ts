import type { AnyTRPCRouter } from '@trpc/server'
import type { z } from 'zod'

export interface Procedure {
  path: string
  type: 'query' | 'mutation' | 'subscription'
  inputs: z.ZodType[]
}

export function proceduresOf(router: AnyTRPCRouter): Procedure[] {
  const all = router._def.procedures as unknown as Record<string, { _def: Omit<Procedure, 'path'> }>
  return Object.entries(all).map(([path, { _def }]) => ({ path, type: _def.type, inputs: _def.inputs }))
}
