// Every module of k6, for the library in Node: what runs there asks for none of them, but for one
// question, whether it runs in a VU (core/errors.ts), and the answer is that of k6's init code: no.
const onlyInK6 = (): never => {
  throw new Error('k6-llm: only k6 has this')
}

export default {
  get instance() {
    return onlyInK6()
  },
}
export {
  onlyInK6 as b64encode,
  onlyInK6 as randomBytes,
  onlyInK6 as sleep,
  onlyInK6 as Counter,
  onlyInK6 as Rate,
  onlyInK6 as SharedArray,
  onlyInK6 as Trend,
}
