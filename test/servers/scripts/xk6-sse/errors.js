import '../../../../dist/xk6-sse.js'
import main, { options, setup } from '../errors.js'

export { options, setup }
export default main
