#!/usr/bin/env node
// The command is built: its source is in cli/.
import { existsSync } from 'node:fs'

const command = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(command)) await import(command.href)
else {
  console.error('k6-llm: dist/ is not there: in a checkout `npm ci && npm run build` makes it')
  process.exitCode = 1
}
