import { atRest } from './at-rest.js'

export { options, setup } from './at-rest.js'

export default function () {
  atRest()
}

if (__VU > 0) console.log('bench-vu')
