// The same with the extension k6/x/sse: TTFT and token pace are compared too.
import '../../dist/xk6-sse.js'
import main, { clientLag, handleSummary, options } from '../baseline.js'

export { clientLag, handleSummary, options }
export default main
