/** k6's own modules stay imports. */
export const k6Module = /^k6(\/|$)/

export const external = [k6Module]

const library = /[\\/]index\.(js|ts)$/

/**
 * The second entry keeps its import of the first: two copies of the library in one script would be
 * two sets of functions in every VU.
 */
export const beside = {
  external: [k6Module, library],
  paths: (id: string) => (library.test(id) ? './index.js' : id),
}
