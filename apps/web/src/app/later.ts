import { useEffect } from 'react'

type Load = () => Promise<unknown>

const loads: Load[] = []

/** A part of the app that few need, and none at the beginning: it comes by itself soon after, so that it is there offline. */
export function rarelyUsed<T>(load: () => Promise<T>): () => Promise<T> {
  loads.push(load)
  return load
}

/** Brings what is rarely used, once what is used stands. What fails is asked for again when it is needed. */
export function useLater(): void {
  useEffect(() => {
    const timer = setTimeout(() => void Promise.allSettled(loads.map((load) => load())), 1500)
    return () => clearTimeout(timer)
  }, [])
}
