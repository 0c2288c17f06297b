import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './app/client.ts'
import { loadSignIn, router } from './app/router.tsx'
import { takeSecret } from './app/secret.ts'
import { meOptions } from './session/me.ts'
import { followSession } from './session/session.ts'
import { settleZone } from './session/zone.ts'
import './styles.css'

takeSecret()
// Asked before anything is drawn: who has not been here before waits for the answer.
queryClient
  .query(meOptions)
  // Whoever comes back from a provider is signed in as the page opens.
  .then((me) => me && settleZone())
  .catch(() => undefined)
// It comes while the server is asked: whoever has not been here needs it next.
if (!queryClient.getQueryData(meOptions.queryKey)) loadSignIn().catch(() => undefined)
followSession()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    {/* The content security policy allows no style elements. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)
