/** @import { Random } from './random.js' */
import { drawAround } from './random.js'

/**
 * @typedef {object} LinkOptions A way between two ends, the same in both directions.
 * @property {number} bandwidth bits per second of each direction; Infinity: no bound
 * @property {number} latency ms of a round trip that the way adds: half of it each way
 * @property {number} jitter fraction around it, drawn for each packet
 */

/** Bytes of a packet: an Ethernet frame's 1500 without the headers of IP and TCP. */
export const PACKET = 1448

/**
 * One direction of a link: packets leave one after the other, as fast as the bandwidth lets them, and
 * arrive later by half a round trip. They keep their order: TCP hands on nothing out of it, so one
 * that is late holds up those behind it.
 * @param {LinkOptions} options
 * @param {Random} random
 */
export function createDirection({ bandwidth, latency, jitter }, random) {
  let free = -Infinity
  let last = -Infinity
  return {
    /**
     * @param {number} now ms
     * @param {number} bytes
     * @returns {number} when they are at the other end
     */
    send(now, bytes) {
      free = Math.max(free, now) + (bytes * 8000) / bandwidth
      last = Math.max(last, free + drawAround(latency / 2, jitter, random))
      return last
    },
  }
}
