import { errorOf } from '@ownlist/client'
import { Button } from './button.tsx'

/** Stands where something could not be loaded. */
export function LoadFailure({ error, again }: { error: unknown; again: () => unknown }) {
  return (
    <p role="alert" className="text-quiet">
      {errorOf(error).message}{' '}
      <Button look="quiet" onClick={() => void again()}>
        Try again
      </Button>
    </p>
  )
}
