// The same with the extension k6/x/sse: cold and warm TTFT are measured.
import '../../dist/xk6-sse.js'
import main, { handleSummary, options, setup, switching, teardown } from '../switch-under-load.js'

export { handleSummary, options, setup, switching, teardown }
export default main
