import '../../dist/xk6-sse.js'
import main, { options, setup } from './vu.js'

export { options, setup }

export default main
