// The same with the extension: what `import`s k6/x/sse does not load on a k6 without it.
import '../../xk6-sse.js'

export { clientLag, default, handleSummary, options } from './script.js'
