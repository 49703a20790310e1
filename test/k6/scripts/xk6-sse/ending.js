import '../../../../dist/xk6-sse.js'
import main, { handleSummary, options, setup } from '../ending.js'

export { handleSummary, options, setup }
export default main
