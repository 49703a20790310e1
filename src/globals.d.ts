// k6 gives every script a console; its types come with no library that we compile against.
declare const console: {
  log(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

// The extension has no types of its own.
declare module 'k6/x/sse' {
  const sse: {
    open(url: string, params: object, setup: (client: SseOpened) => void): SseClosed
  }
  interface SseOpened {
    on(name: 'event' | 'error' | 'open', handler: (value: unknown) => void): void
    close(): void
  }
  interface SseClosed {
    status: number
    headers: { [name: string]: string } | null
    error: string
  }
  export default sse
}
