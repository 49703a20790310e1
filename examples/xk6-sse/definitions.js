// The same script with the extension k6/x/sse: tokens are seen arriving.
import '../../dist/xk6-sse.js'
import main, { options } from '../definitions.js'

export { options }
export default main
