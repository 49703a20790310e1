import '../../../../dist/xk6-sse.js'
import main, { options, setup, teardown } from '../switch.js'

export { options, setup, teardown }
export default main
