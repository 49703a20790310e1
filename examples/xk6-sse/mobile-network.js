// The same test with the extension k6/x/sse: tokens are seen arriving, TTFT is measured.
import '../../dist/xk6-sse.js'
import main, { handleSummary, options } from '../mobile-network.js'

export { handleSummary, options }
export default main
