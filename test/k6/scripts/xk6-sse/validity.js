import '../../../../dist/xk6-sse.js'
import main, { clientLag, handleSummary, options, setup } from '../validity.js'

export { clientLag, handleSummary, options, setup }
export default main
