import '../../../../dist/xk6-sse.js'

export { default, options } from '../vendor-streams.js'
