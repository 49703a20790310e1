/** Of this package: the build writes the version of package.json here. */
export const version = '__VERSION__'
