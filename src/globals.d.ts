// k6 gives every script a console; its types come with no library that we compile against.
declare const console: {
  log(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}
