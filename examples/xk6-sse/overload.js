// The same test with the extension k6/x/sse: tokens are seen arriving, TTFT is measured.
import '../../dist/xk6-sse.js'
import main, { clientLag, handleSummary, options } from '../overload.js'

export { clientLag, handleSummary, options }
export default main
