interface Named {
  id: string
  name: string
}

/** Why something cannot be called so, as the server would say; nothing where it can. */
export function problemOfName(
  name: string,
  { among, most, self }: { among: readonly Named[]; most: number; self?: string },
): string | undefined {
  if (Array.from(name).length > most) return `Must be at most ${most} characters.`
  const wanted = folded(name)
  const taken = among.find((one) => one.id !== self && folded(one.name) === wanted)
  return taken && `There is “${taken.name}” already.`
}

/** As the database compares names: without case, accents and compatibility forms. */
function folded(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
