// The same by the extension: library-relay.js, with streaming turned on by k6/x/sse.
import '../../dist/xk6-sse.js'
import main from './library-relay.js'

export default main
