import { Command } from 'commander'
import { addSimulator, WRONG_USE } from './command.ts'

const program = new Command('k6-llm simulate')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USE))
  .showSuggestionAfterError()
addSimulator(program, 'k6-llm simulate')
await program.parseAsync()
