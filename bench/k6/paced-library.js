// The same by the extension: paced.js, with streaming turned on by k6/x/sse.
import '../../dist/xk6-sse.js'
import main, { options } from './paced.js'

export { options }
export default main
