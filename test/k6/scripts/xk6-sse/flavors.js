import '../../../../dist/xk6-sse.js'
import main, { options } from '../flavors.js'

export { options }
export default main
