// The same test with the extension k6/x/sse: tokens are seen arriving, TTFT is measured.
import '../../dist/xk6-sse.js'
import {
  apiStability,
  chatLoad,
  handleSummary,
  options,
  setup,
  streaming,
} from '../comprehensive-test.js'

export { apiStability, chatLoad, handleSummary, options, setup, streaming }
