import { drawAround, type Random } from '../core/random.ts'

/** A way between two ends, the same in both directions. */
export interface LinkOptions {
  /** bits per second of each direction; Infinity: no bound */
  bandwidth: number
  /** ms of a round trip that the way adds: half of it each way */
  latency: number
  /** fraction around it, drawn for each packet */
  jitter: number
}

/** Bytes of a packet: an Ethernet frame's 1500 without the headers of IP and TCP. */
export const PACKET = 1448

/**
 * One direction of a link: packets leave one after the other, as fast as the bandwidth lets them, and
 * arrive later by half a round trip. They keep their order: TCP hands on nothing out of it, so one
 * that is late holds up those behind it.
 */
export function createDirection({ bandwidth, latency, jitter }: LinkOptions, random: Random) {
  let free = -Infinity
  let last = -Infinity
  return {
    /**
     * @param now ms
     * @returns when they are at the other end
     */
    send(now: number, bytes: number): number {
      free = Math.max(free, now) + (bytes * 8000) / bandwidth
      last = Math.max(last, free + drawAround(latency / 2, jitter, random))
      return last
    },
  }
}
