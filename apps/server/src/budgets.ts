import { RateLimitedError, type Bucket, type Taken } from '@ownlist/db'

export interface BudgetOptions {
  /** What the policy is called in headers. */
  name: string
  /** What each key may spend in a minute in the long run; twice as much at once. */
  perMinute: number
  /** Takes from what all servers share, as much as there is, `cost` at most. */
  take: (of: string, bucket: Omit<Bucket, 'key'>) => Promise<Taken>
  onError: (error: unknown) => void
  /** Milliseconds. */
  now?: () => number
}

interface Share {
  /** When this server starts to count anew. */
  until: number
  /** What may be spent without asking. */
  free: number
  /** What was taken from the shared budget and not spent yet. */
  leased: number
  /** What will be taken next. */
  next: number
  /** What the shared budget had left when it was asked last. */
  remaining: number
  blockedUntil: number
  asking: Promise<void> | undefined
}

/** Milliseconds for which a lease holds. */
const period = 10_000
const mostShares = 50_000

/**
 * A budget that servers share, without a round trip for each request. In each ten seconds a server lets everybody spend a
 * little (20, or a twentieth of the budget where that is less) without counting; whoever wants more, it takes more for out
 * of the shared budget, in leases that grow and are taken before the last one is used up. What is not spent by the
 * end of the ten seconds is lost.
 *
 * So with n servers, somebody may spend n times 20 in ten seconds beyond the budget, and never more; and be stopped
 * earlier by n leases, a tenth of the budget each at most.
 */
export function createBudgets({
  name,
  perMinute,
  take,
  onError,
  now = () => performance.now(),
}: BudgetOptions) {
  const size = 2 * perMinute
  const every = 60 / perMinute
  const free = Math.min(20, Math.floor(size / 20))
  const least = Math.max(1, Math.min(20, Math.floor(size / 10)))
  const most = Math.max(least, Math.floor(size / 10))
  const shares = new Map<string, Share>()

  function shareOf(of: string): Share {
    const time = now()
    let share = shares.get(of)
    if (!share) {
      if (shares.size >= mostShares) forgetOld(time)
      share = {
        until: 0,
        free: 0,
        leased: 0,
        next: least,
        remaining: size,
        blockedUntil: 0,
        asking: undefined,
      }
      shares.set(of, share)
    }
    if (time >= share.until) {
      share.until = time + period
      share.free = free
      share.leased = 0
      share.next = Math.max(least, Math.floor(share.next / 2))
    }
    return share
  }

  function forgetOld(time: number): void {
    for (const [of, { until, blockedUntil }] of shares) {
      if (until < time && blockedUntil < time) shares.delete(of)
    }
    if (shares.size >= mostShares) shares.clear()
  }

  function ask(of: string, share: Share, cost: number): Promise<void> {
    share.asking ??= lease(of, share, Math.max(cost, share.next)).finally(() => (share.asking = undefined))
    return share.asking
  }

  async function lease(of: string, share: Share, wanted: number): Promise<void> {
    try {
      const { granted, remaining, wait } = await take(of, { cost: wanted, size, every })
      share.leased += granted
      share.remaining = remaining
      share.next = Math.min(most, share.next * 2)
      // Until then nobody needs to ask again.
      if (granted === 0) share.blockedUntil = now() + Math.max(1_000, wait * 1000)
    } catch (error) {
      // Where the database is away the request fails by itself, and for another reason than this.
      share.leased += wanted
      onError(error)
    }
  }

  async function spendAfterAsking(of: string, share: Share, cost: number): Promise<void> {
    do {
      await ask(of, share, cost)
      if (share.leased < cost) refuseBlocked(share)
    } while (share.leased < cost)
    share.leased -= cost
  }

  function refuseBlocked({ blockedUntil }: Share): void {
    const wait = blockedUntil - now()
    if (wait > 0) throw new RateLimitedError(wait / 1000)
  }

  return {
    policy: `"${name}";q=${size};w=${Math.round(size * every)}`,

    /**
     * Spends, at once or, where this server has to ask for more, after a round trip.
     *
     * @throws RateLimitedError
     */
    spend: (of: string, cost: number): Promise<void> | undefined => {
      const share = shareOf(of)
      refuseBlocked(share)
      if (share.free >= cost) {
        share.free -= cost
        return undefined
      }
      if (share.leased < cost) return spendAfterAsking(of, share, cost)
      share.leased -= cost
      if (share.leased < share.next / 4) void ask(of, share, 1)
      return undefined
    },

    /** The `RateLimit` field: what is left as far as this server knows, and the seconds until all is there again. */
    state: (of: string): string => {
      const share = shares.get(of)
      const left = share ? share.remaining + share.leased : size
      if (share && share.blockedUntil > now())
        return `"${name}";r=0;t=${Math.ceil((share.blockedUntil - now()) / 1000)}`
      return `"${name}";r=${left};t=${Math.ceil((size - left) * every)}`
    },
  }
}

export type Budgets = ReturnType<typeof createBudgets>
