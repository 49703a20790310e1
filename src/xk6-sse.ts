import sse from 'k6/x/sse'
import { setDefaultTransport, sseTransport } from './index.ts'

/**
 * `import '…/k6-llm/dist/xk6-sse.js'` makes every client of the script stream through the
 * extension k6/x/sse. It is an entry of its own, since a module that names `k6/x/sse` does not
 * load on a k6 without it (facts: from k6 1.4 on this cannot be caught).
 */
setDefaultTransport(sseTransport(sse))
