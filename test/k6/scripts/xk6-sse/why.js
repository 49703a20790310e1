import '../../../../dist/xk6-sse.js'
import main, { handleSummary, options } from '../why.js'

export { handleSummary, options }
export default main
