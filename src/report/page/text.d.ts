// Files as text, by build/page-text.js.
declare module '*?compact' {
  const text: string
  export default text
}
declare module '*?packed' {
  const text: string
  export default text
}
