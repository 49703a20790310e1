// What the library leaves out of its log is left out of the record.
export { secretsOf } from '#node'
