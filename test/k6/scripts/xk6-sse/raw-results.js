import '../../../../dist/xk6-sse.js'
import { handleSummary, options, setup, talk, teardown } from '../raw-results.js'

export { handleSummary, options, setup, talk, teardown }
