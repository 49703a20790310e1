import '../../../../dist/xk6-sse.js'
import main, { handleSummary, options, setup } from '../reports.js'

export { handleSummary, options, setup }
export default main
