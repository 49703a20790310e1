// The same test with the extension k6/x/sse: tokens are seen arriving, TTFT is measured.
import '../../dist/xk6-sse.js'
import main, { handleSummary, options, setup, teardown } from '../model-management-test.js'

export { handleSummary, options, setup, teardown }
export default main
