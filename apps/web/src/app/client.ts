import { createClient } from '@ownlist/client'
import { QueryClient } from '@tanstack/react-query'

export const ownlist = createClient({ url: location.origin, name: 'web' })

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The client itself repeats what may be repeated.
      retry: false,
      staleTime: 15_000,
      // Whether the browser believes to be online says little; the server's answer decides.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})
