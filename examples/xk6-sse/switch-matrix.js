// The same with the extension k6/x/sse: cold and warm TTFT are measured.
import '../../dist/xk6-sse.js'
import main, { handleSummary, options, setup, teardown } from '../switch-matrix.js'

export { handleSummary, options, setup, teardown }
export default main
