// The same script with the extension k6/x/sse: tokens are seen arriving.
import '../../dist/xk6-sse.js'
import main, { handleSummary, options } from '../tools.js'

export { handleSummary, options }
export default main
