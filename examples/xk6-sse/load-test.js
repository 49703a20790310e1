// The same test with the extension k6/x/sse: tokens are seen arriving, TTFT is measured.
import '../../dist/xk6-sse.js'
import main, { options, handleSummary, setup } from '../load-test.js'

export { options, handleSummary, setup }
export default main
