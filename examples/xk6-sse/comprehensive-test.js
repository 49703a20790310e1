// The same test with the extension k6/x/sse: tokens are seen arriving, TTFT is measured.
import '../../dist/xk6-sse.js'
import { options, handleSummary, setup, chatLoad, streaming, apiStability } from '../comprehensive-test.js'

export { options, handleSummary, setup, chatLoad, streaming, apiStability }
