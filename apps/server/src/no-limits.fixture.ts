import { BlockList } from 'node:net'
import { serverLimits } from './limits.ts'

/** For an application that is put together by hand. */
export const withoutLimits = serverLimits({
  limits: undefined,
  trusted: new BlockList(),
  header: 'x-forwarded-for',
  addressPerMinute: 1,
  accountPerMinute: 1,
  onError: () => {},
})
