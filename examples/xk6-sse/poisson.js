// The same with the extension k6/x/sse: TTFT and token pace are measured.
import '../../dist/xk6-sse.js'
import main, { handleSummary, options } from '../poisson.js'

export { handleSummary, options }
export default main
