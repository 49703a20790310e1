import '../../../../dist/xk6-sse.js'
import main, { options } from '../stream.js'

export { options }
export default main
