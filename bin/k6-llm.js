#!/usr/bin/env node
// The command is built: its source is in cli/.
import { existsSync } from 'node:fs'

const command = new URL('../dist/cli/main.js', import.meta.url)
const say = (text) => {
  console.error(`k6-llm: ${text}`)
  process.exitCode = 1
}
if (!existsSync(command)) {
  const installed = existsSync(new URL('../node_modules', import.meta.url))
  say(
    `dist/ is not there: in a checkout \`${installed ? '' : 'npm ci && '}npm run build\` makes it`,
  )
} else {
  try {
    await import(command.href)
  } catch (error) {
    const missing = /^Cannot find package '([^']+)'/.exec(error.message)?.[1]
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || missing === undefined) throw error
    say(
      `the package ${missing}, which it needs, is not installed: in a checkout \`npm ci\` does that`,
    )
  }
}
