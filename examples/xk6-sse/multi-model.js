// The same with the extension k6/x/sse: TTFT is measured, by model.
import '../../dist/xk6-sse.js'
import main, { handleSummary, options } from '../multi-model.js'

export { handleSummary, options }
export default main
