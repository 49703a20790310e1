import '../../../../dist/xk6-sse.js'
import main, { options } from '../echo.js'

export { options }
export default main
