// The same by the extension: accuracy-relay.js, with streaming turned on by k6/x/sse.
import '../../dist/xk6-sse.js'
import main, { options, setup } from './accuracy-relay.js'

export { options, setup }
export default main
