import '../../../../dist/xk6-sse.js'
import main, { options } from '../faults.js'

export { options }
export default main
